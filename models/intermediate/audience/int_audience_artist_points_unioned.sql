-- Every number that the API gives of an artist, whatever its path, in one shape: so days are
-- settled once, in int_audience_artist_values_resolved.

with

audience_days as (

    select * from {{ ref('stg_soundcharts__artist_audience_days') }}

),

value_days as (

    select * from {{ ref('stg_soundcharts__artist_value_days') }}

),

score_days as (

    select * from {{ ref('stg_soundcharts__artist_score_days') }}

),

-- one row per page, series and day; series null if only the page
-- knows it, value null if the platform has no such number
points as (

    select
        _parent_row_id,
        'followers' as series,
        observed_date,
        cast(follower_count as double) as value
    from audience_days

    union all

    select
        _parent_row_id,
        'likes' as series,
        observed_date,
        cast(like_count as double) as value
    from audience_days

    union all

    select
        _parent_row_id,
        'following' as series,
        observed_date,
        cast(following_count as double) as value
    from audience_days

    union all

    select
        _parent_row_id,
        'posts' as series,
        observed_date,
        cast(post_count as double) as value
    from audience_days

    union all

    select
        _parent_row_id,
        'channel_views' as series,
        observed_date,
        cast(view_count as double) as value
    from audience_days

    union all

    select
        _parent_row_id,
        cast(null as string) as series,
        observed_date,
        cast(place_path_value as double) as value
    from audience_days

    union all

    select
        _parent_row_id,
        cast(null as string) as series,
        observed_date,
        value
    from value_days

    union all

    select
        _parent_row_id,
        'score' as series,
        observed_date,
        score as value
    from score_days

    union all

    select
        _parent_row_id,
        'fanbase_score' as series,
        observed_date,
        fanbase_score as value
    from score_days

    union all

    select
        _parent_row_id,
        'trending_score' as series,
        observed_date,
        trending_score as value
    from score_days

)

select * from points
