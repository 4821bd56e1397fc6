-- `crescendo estimate` writes after a build, so this is no table that a build would have to renew.
{{ config(materialized='view') }}

with

estimates as (

    select * from {{ ref('stg_estimates__playlist_effects') }}

),

metrics as (

    select * from {{ ref('dim_metrics') }}

),

playlists as (

    select * from {{ ref('dim_playlists') }}

),

songs as (

    select * from {{ ref('dim_songs') }}

),

named as (

    select
        estimates.scope,
        estimates.platform,
        metrics.metric,
        metrics.unit,
        estimates.playlist_type,
        estimates.playlist_id,
        playlists.playlist_name,
        songs.subject_id as subject,
        songs.title as name,
        estimates.entry_date,
        estimates.exit_date,
        estimates.effect_kind,
        estimates.effect_ratio,
        estimates.low_ratio,
        estimates.high_ratio,
        estimates.weekly_value,
        estimates.trend_ratio,
        estimates.trend_chance_ratio,
        estimates.effect_song_count,
        estimates.control_count,
        estimates.effect_week_count,
        estimates.status,
        estimates.certainty,
        estimates.estimated_at
    from estimates
    inner join metrics on estimates.metric_id = metrics.metric_id
    left join playlists on estimates.playlist_id = playlists.playlist_id
    left join songs on estimates.song_id = songs.song_id
    -- what was estimated may be of songs and playlists whose files are gone by now
    where
        (estimates.playlist_id is null or playlists.playlist_id is not null)
        and (estimates.song_id is null or songs.song_id is not null)

)

select * from named
