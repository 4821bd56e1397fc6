-- Lists are stored apart by the source and read page by page, so a film has several numbers on one
-- day. The details count before lists, and lists before exports; of several lists the largest vote
-- count is the newest. All ties are broken by content, so the order of loading decides nothing.

-- the day's fact and what is known of films read it; touched days are made again
{{ config(
    materialized='incremental', incremental_strategy='touched', unique_key='snapshot_date',
    on_schema_change='fail', post_hook='{{ note_taken() }}',
) }}

with

answers as (

    select * from {{ ref('int_films_answers_dated') }}
    where
        not is_set_aside
        and {{ is_touched('snapshot_date', 'int_films_days_touched') }}
        and {{ is_touched('_load_id', 'int_films_days_planned', 'is_touched') }}

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
        max(answer_order) over (partition by movie_id, snapshot_date) = 3 as is_exported,
        min(popularity) over (partition by movie_id, snapshot_date)
        < max(popularity) over (partition by movie_id, snapshot_date) as is_popularity_disputed,
        min(vote_count) over (partition by movie_id, snapshot_date)
        < max(vote_count) over (partition by movie_id, snapshot_date) as is_vote_count_disputed
    from answers

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
        is_exported,
        said_count,
        coalesce(is_popularity_disputed, false) as is_popularity_disputed,
        coalesce(is_vote_count_disputed, false) as is_vote_count_disputed
    from ranked
    where answer_rank = 1

),

-- films for adults have no place among the others
placed as (

    select
        *,
        case
            when not is_adult and popularity is not null
                then rank() over (
                    partition by snapshot_date, is_adult order by popularity desc nulls last
                )
        end as popularity_rank,
        count(popularity) filter (where not is_adult) over (partition by snapshot_date)
            as ranked_movie_count
    from resolved

)

select * from placed
