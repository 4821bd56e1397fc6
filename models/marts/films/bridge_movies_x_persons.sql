-- A person may play and direct, or have two jobs: the key is the credit. The latest page of a film
-- that has credits counts, whether they came with its details or alone.

with

credits as (

    select * from {{ ref('stg_tmdb__credits') }}

),

credit_pages as (

    select * from {{ ref('stg_tmdb__credit_pages') }}

),

details as (

    select * from {{ ref('int_films_details_dated') }}

),

movies as (

    select * from {{ ref('int_films_movies_latest') }}

),

loads as (

    select * from {{ ref('stg_load_audit__loads') }}

),

pages as (

    select
        snapshot_date,
        _row_id
    from details

    union all

    select
        -- a page of a day that cannot be counts only if there is no other
        case
            when {{ day_problem('credit_pages.snapshot_date', 'loads.started_date') }} is null
                then coalesce(credit_pages.snapshot_date, loads.started_date)
            else date '{{ var("earliest_date") }}'
        end as snapshot_date,
        credit_pages._row_id
    from credit_pages
    inner join loads on credit_pages._load_id = loads._load_id

),

dated as (

    select
        credits.*,
        max_by(
            credits._parent_row_id,
            cast(pages.snapshot_date as string) || cast(credits._parent_row_id as string)
        ) over (partition by credits.movie_id) as latest_row_id,
        -- an id that two films have is of the one with the smaller id
        row_number() over (
            partition by credits.credit_id, credits._parent_row_id
            order by credits.credit_type, credits.person_id
        ) as mention_rank
    from credits
    inner join pages on credits._parent_row_id = pages._row_id

),

named as (

    select
        dated.*,
        row_number() over (partition by dated.credit_id order by dated.movie_id) as film_rank
    from dated
    inner join movies on dated.movie_id = movies.movie_id
    where dated._parent_row_id = dated.latest_row_id and dated.mention_rank = 1

),

-- one row per credit; the weights of a film add up to 1
weighted as (

    select
        credit_id,
        movie_id,
        person_id,
        credit_type,
        department,
        job,
        character_name,
        cast_order,
        cast(1 as double) / count(*) over (partition by movie_id) as weight
    from named
    where film_rank = 1

)

select * from weighted
