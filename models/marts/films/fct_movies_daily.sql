-- A day without a row is a day on which the film was not seen, never a zero. The source serves only
-- what is true now, so such a day stays missing.

with

days as (

    select * from {{ ref('int_films_days_resolved') }}

),

-- films for adults have no place among the others
ranked as (

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
    from days

),

-- one row per film and day on which it was seen
compared as (

    select
        movie_id,
        snapshot_date,
        answer_kind,
        film_list,
        page_number,
        popularity,
        popularity_rank,
        ranked_movie_count,
        lag(popularity_rank) over in_time - popularity_rank as rank_change,
        vote_average,
        vote_count,
        stated_release_date,
        row_number() over in_time as seen_day_count,
        {{ days_between('lag(snapshot_date) over in_time', 'snapshot_date') }} - 1 as missed_days,
        said_count,
        is_popularity_disputed or is_vote_count_disputed as is_disputed
    from ranked
    window in_time as (partition by movie_id order by snapshot_date)

)

select * from compared
