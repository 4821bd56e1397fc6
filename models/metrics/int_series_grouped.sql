-- What the figure of an artist or a platform is made of: recordings, and beside them what platforms
-- count of artists. The two are never added. A recording of several songs has a series of its own,
-- and counts once in every group that one of its songs belongs to.

with

series as (

    select * from {{ ref('dim_series') }}

),

metrics as (

    select * from {{ ref('dim_metrics') }}

),

platforms as (

    select * from {{ ref('dim_platforms') }}

),

songs as (

    select * from {{ ref('dim_songs') }}

),

credits as (

    select * from {{ ref('bridge_songs_x_artists') }}

),

artists as (

    select * from {{ ref('dim_artists') }}

),

-- one row per subject and song that it is, twin_of: the recording that counts it
counted as (

    select
        subject_id,
        song_id,
        case when has_twin then recording_id end as twin_of
    from songs

    union all

    select
        'recording:' || recording_id as subject_id,
        song_id,
        cast(null as varchar) as twin_of
    from songs
    where has_twin

),

-- one row per subject and artist that it belongs to
owned as (

    select
        counted.subject_id,
        counted.twin_of,
        'song' as member_type,
        credits.artist_id
    from counted
    left join credits on counted.song_id = credits.song_id
    group by all

    union all

    select
        subject_id,
        cast(null as varchar) as twin_of,
        'artist' as member_type,
        artist_id
    from artists

),

members as (

    select
        series.series_id,
        metrics.platform,
        metrics.min_base,
        metrics.add_over_platform <> 'never' as is_additive,
        owned.member_type,
        owned.twin_of,
        owned.artist_id
    from series
    inner join metrics on series.metric_id = metrics.metric_id
    inner join owned on series.subject_id = owned.subject_id

),

grouped as (

    select
        artists.subject_id as subject,
        'artist' as subject_type,
        artists.artist_name as name,
        members.* exclude (platform, is_additive, artist_id),  -- noqa: RF02
        -- one artist needs no adding up
        members.is_additive or members.member_type = 'artist' as is_additive
    from members
    inner join artists on members.artist_id = artists.artist_id

    union distinct

    select
        'platform:' || platforms.platform as subject,
        'platform' as subject_type,
        platforms.platform_name as name,
        members.* exclude (platform, is_additive, artist_id),  -- noqa: RF02
        members.is_additive
    from members
    inner join platforms on members.platform = platforms.platform

)

select * from grouped
