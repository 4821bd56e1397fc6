-- Which three tracks lead each genre of reference? RANK and its kin on one page: row_number never
-- ties, rank leaves gaps behind ties, dense_rank does not, ntile cuts into quarters.
-- The same in SQL Server, PostgreSQL and SQLite (3.25 and later).

with

ranked as (

    select
        genres.genre_name,
        features.track_key,
        features.listen_count,
        row_number() over (
            partition by genres.genre_id order by features.listen_count desc, features.track_key asc
        ) as place,
        rank() over (
            partition by genres.genre_id order by features.listen_count desc
        ) as place_with_gaps,
        dense_rank() over (
            partition by genres.genre_id order by features.listen_count desc
        ) as place_without_gaps,
        ntile(4) over (
            partition by genres.genre_id order by features.listen_count desc, features.track_key asc
        ) as quarter
    from {{ ref('track_features') }} as features
    inner join {{ ref('bridge_tracks_x_genres') }} as pairs on features.track_key = pairs.track_key
    inner join {{ ref('dim_listening_genres') }} as genres on pairs.genre_id = genres.genre_id
    where genres.is_reference_genre

)

select *
from ranked
where place_with_gaps <= 3
order by genre_name asc, place asc
