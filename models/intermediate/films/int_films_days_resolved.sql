-- Lists are stored apart by the source and read page by page, so a film has several numbers on one
-- day. The details count before lists, and lists before exports; of several lists the largest vote
-- count is the newest. All ties are broken by content, so the order of loading decides nothing.

-- the day's fact, its ranks and the findings read it
{{ config(materialized='table') }}

with

answers as (

    select * from {{ ref('int_films_answers_dated') }}

),

ranked as (

    select
        *,
        row_number() over (
            partition by movie_id, snapshot_date
            order by
                answer_order asc,
                vote_count desc nulls last,
                popularity desc nulls last,
                vote_average desc nulls last,
                film_list asc,
                page_number asc,
                _row_id asc
        ) as answer_rank,
        count(*) over (partition by movie_id, snapshot_date) as said_count,
        min(popularity) over (partition by movie_id, snapshot_date)
        < max(popularity) over (partition by movie_id, snapshot_date) as is_popularity_disputed,
        min(vote_count) over (partition by movie_id, snapshot_date)
        < max(vote_count) over (partition by movie_id, snapshot_date) as is_vote_count_disputed
    from answers
    where not is_set_aside

),

-- one row per film and day on which it was seen
resolved as (

    select
        movie_id,
        snapshot_date,
        answer_kind,
        film_list,
        page_number,
        popularity,
        vote_average,
        vote_count,
        release_date as stated_release_date,
        coalesce(is_adult, false) as is_adult,
        said_count,
        coalesce(is_popularity_disputed, false) as is_popularity_disputed,
        coalesce(is_vote_count_disputed, false) as is_vote_count_disputed
    from ranked
    where answer_rank = 1

)

select * from resolved
