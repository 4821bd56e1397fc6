-- Which two tracks do most users share? A self join; `<` keeps each pair once and no track with
-- itself. The same everywhere, but for the first ten rows: SQL Server says `select top 10`.

with

pairs as (

    select
        user_key,
        track_key
    from {{ ref('fct_listens') }}
    group by user_key, track_key

)

select
    one.track_key,
    other.track_key as other_track_key,
    count(*) as user_count
from pairs as one
inner join pairs as other
    on one.user_key = other.user_key and one.track_key < other.track_key
group by one.track_key, other.track_key
order by user_count desc, one.track_key asc, other_track_key asc
limit 10
