-- What the figure of an artist or a platform is made of: songs, and beside them what platforms count
-- of artists. The two are never added.

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

measured as (

    select
        series.series_id,
        series.subject_id,
        metrics.platform,
        metrics.min_base,
        metrics.add_over_platform <> 'never' as is_additive
    from series
    inner join metrics on series.metric_id = metrics.metric_id

),

members as (

    select
        measured.*,
        'song' as member_type,
        songs.is_primary_recording
    from measured
    inner join songs on measured.subject_id = songs.subject_id

    union all

    select
        measured.*,
        'artist' as member_type,
        true as is_primary_recording
    from measured
    inner join artists on measured.subject_id = artists.subject_id

),

-- a song of several artists counts in full for each of them
grouped as (

    select
        members.series_id,
        artists.subject_id as subject,
        'artist' as subject_type,
        artists.artist_name as name,
        members.member_type,
        members.min_base,
        members.is_primary_recording,
        members.is_additive
    from members
    inner join songs on members.subject_id = songs.subject_id
    inner join credits on songs.song_id = credits.song_id
    inner join artists on credits.artist_id = artists.artist_id

    union all

    -- one artist needs no adding up
    select
        members.series_id,
        artists.subject_id as subject,
        'artist' as subject_type,
        artists.artist_name as name,
        members.member_type,
        members.min_base,
        members.is_primary_recording,
        true as is_additive
    from members
    inner join artists on members.subject_id = artists.subject_id

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
