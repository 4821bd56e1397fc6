-- The source overwrites what it knew; the days on which we asked tell what changed between them.

with

details as (

    select * from {{ ref('int_films_details_dated') }}

),

history as (

    select * from {{ ref('int_listening_history_resolved') }}

),

movie_history as (

    select * from history
    where route = 'movies'

),

versions as (

    select
        details.movie_id,
        movie_history.version,
        max(details.film_status) as film_status,
        max(details.release_date) as release_date,
        max(details.runtime_minutes) as runtime_minutes,
        max(details.budget_usd) as budget_usd,
        max(details.revenue_usd) as revenue_usd,
        min(details.snapshot_date) as valid_from_date,
        max(details.snapshot_date) as last_seen_date
    from details
    inner join movie_history
        on
            details.movie_id = movie_history.listed_id
            and cast(details.snapshot_date as string) = movie_history.extraction_id
    group by details.movie_id, movie_history.version

),

-- one row per film and version
history_of_movies as (

    select
        movie_id,
        version,
        film_status,
        release_date,
        runtime_minutes,
        budget_usd,
        revenue_usd,
        valid_from_date,
        lead(valid_from_date) over (partition by movie_id order by version) as next_version_date,
        last_seen_date,
        lead(version) over (partition by movie_id order by version) is null as is_newest_version
    from versions

)

select * from history_of_movies
