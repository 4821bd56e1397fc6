-- What the figure of an artist or a platform is made of: songs, and beside them what platforms
-- count of artists. The two are never added.

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

members as (

    select
        series.series_id,
        series.subject_id,
        metrics.platform,
        metrics.min_base,
        metrics.add_over_platform <> 'never' as is_additive,
        case when artists.subject_id is null then 'song' else 'artist' end as member_type,
        coalesce(songs.is_primary_recording, true) as is_primary_recording
    from series
    inner join metrics on series.metric_id = metrics.metric_id
    left join songs on series.subject_id = songs.subject_id
    left join artists on series.subject_id = artists.subject_id
    where songs.subject_id is not null or artists.subject_id is not null

),

-- a song of several artists counts in full for each of them
owned as (

    select
        songs.subject_id,
        credits.artist_id
    from songs
    inner join credits on songs.song_id = credits.song_id

    union all

    select
        subject_id,
        artist_id
    from artists

),

grouped as (

    select
        members.series_id,
        artists.subject_id as subject,
        'artist' as subject_type,
        artists.artist_name as name,
        members.member_type,
        members.min_base,
        members.is_primary_recording,
        -- one artist needs no adding up
        members.is_additive or members.member_type = 'artist' as is_additive
    from members
    inner join owned on members.subject_id = owned.subject_id
    inner join artists on owned.artist_id = artists.artist_id

    union all

    select
        members.series_id,
        'platform:' || platforms.platform as subject,
        'platform' as subject_type,
        platforms.platform_name as name,
        members.member_type,
        members.min_base,
        members.is_primary_recording,
        members.is_additive
    from members
    inner join platforms on members.platform = platforms.platform

)

select * from grouped
