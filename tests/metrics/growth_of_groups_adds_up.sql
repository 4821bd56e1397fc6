-- The whole change of an artist or a platform is the growth of its songs, plus what new songs
-- brought, less what lost ones took; and it is what its songs say one by one, each recording once.

with

-- platforms may be complete through the same day
windows as (

    select
        {{ dbt.dateadd('day', -28, 'complete_through_date') }} as since_date,
        complete_through_date as until_date
    from {{ ref('platform_completeness') }}
    group by all

),

grown as (

    select growth.*
    from windows
    cross join {{ ref('artist_growth') }}(windows.since_date, windows.until_date) as growth

    union all

    select growth.*
    from windows
    cross join {{ ref('platform_growth') }}(windows.since_date, windows.until_date) as growth

),

members as (

    select * from {{ ref('int_song_series_grouped') }}

),

songs as (

    select
        members.subject,
        song_growth.platform,
        song_growth.metric,
        song_growth.to_date,
        song_growth.from_date,
        coalesce(sum(song_growth.end_value), 0)
        - coalesce(sum(song_growth.start_value), 0) as change
    from windows
    cross join
        {{ ref('song_growth') }}(windows.since_date, windows.until_date) as song_growth
    inner join members on song_growth.series_id = members.series_id
    where members.is_primary_recording and members.is_additive
    group by all

)

select
    grown.subject,
    grown.total_change,
    songs.change
from grown
full outer join songs
    on
        grown.subject = songs.subject
        and grown.platform = songs.platform
        and grown.metric = songs.metric
        and grown.from_date = songs.from_date
        and grown.to_date = songs.to_date
where
    grown.total_change is distinct from songs.change
    or grown.total_change <> coalesce(grown.growth, 0) + grown.restated_song_change
    + grown.new_song_value - grown.lost_song_value
