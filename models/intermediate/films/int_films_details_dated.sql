-- What is known of a film, by the day of asking. A page that does not say its day is of the day on
-- which it was loaded; a day that is still to come says nothing.

with

movies as (

    select * from {{ ref('stg_tmdb__movies') }}

),

loads as (

    select * from {{ ref('stg_load_audit__loads') }}

),

dated as (

    select
        movies.*,
        -- TMDb began in 2008: an earlier day in a name is of something else
        coalesce(
            case when movies.snapshot_date >= date '2008-01-01' then movies.snapshot_date end,
            loads.started_date
        ) as asked_date,
        loads.started_date
    from movies
    inner join loads on movies._load_id = loads._load_id

),

-- by content, so that the order of loading decides nothing
ranked as (

    select
        *,
        row_number() over (
            partition by movie_id, asked_date
            order by vote_count desc nulls last, popularity desc nulls last, _row_id asc
        ) as answer_rank
    from dated
    where {{ days_between('started_date', 'asked_date') }} <= 1

),

-- one row per film and day on which its details were asked for
detailed as (

    select
        movie_id,
        asked_date as snapshot_date,
        title,
        original_title,
        original_language_code,
        film_status,
        imdb_id,
        homepage,
        collection_id,
        collection_name,
        release_date,
        runtime_minutes,
        budget_usd,
        revenue_usd,
        is_adult,
        is_video,
        -- what makes another version of it
        md5(
            coalesce(film_status, '')
            || chr(31) || coalesce(cast(release_date as string), '')
            || chr(31) || coalesce(cast(runtime_minutes as string), '')
            || chr(31) || coalesce(cast(budget_usd as string), '')
            || chr(31) || coalesce(cast(revenue_usd as string), '')
        ) as content_hash,
        _row_id
    from ranked
    where answer_rank = 1

)

select * from detailed
