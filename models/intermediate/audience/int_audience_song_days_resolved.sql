-- What is known of a song on Spotify, by report, API or chart.

-- a table: observations, twins and songs read it, and resolving the versions is the one pass over
-- every point that the domain pays for
{{ config(materialized='table') }}

with

single_days as (

    select * from {{ ref('int_audience_report_days_aggregated') }}
    where not has_versions

),

version_days as (

    select * from {{ ref('int_audience_report_days_aggregated') }}
    where has_versions

),

answered as (

    select * from {{ ref('int_audience_song_answers_filtered') }}

),

chart_days as (

    select * from {{ ref('int_audience_chart_days_resolved') }}

),

-- one row per song, metric and day: the value of the best version that has one
reported as (

    select
        song_id,
        metric_id,
        observed_date,
        value
    from single_days

    union all

    select
        song_id,
        metric_id,
        observed_date,
        max_by(value, version_number) as value
    from version_days
    group by all

),

-- if both know a day the API counts: it has a value for each identifier, and a report shows their
-- sum on some days
song_days as (

    select
        song_id,
        metric_id,
        observed_date,
        value
    from answered

    union all

    select
        reported.song_id,
        reported.metric_id,
        reported.observed_date,
        reported.value
    from reported
    -- once more, so that no engine holds all answers for two readers
    left join {{ ref('int_audience_song_answers_filtered') }} as answered_again
        on
            reported.song_id = answered_again.song_id
            and reported.metric_id = answered_again.metric_id
            and reported.observed_date = answered_again.observed_date
    where answered_again.song_id is null

    union all

    select
        song_id,
        'spotify:popularity' as metric_id,
        observed_date,
        cast(spotify_popularity as double) as value
    from chart_days
    where spotify_popularity is not null

),

-- a day that only a report has keeps what identifiers of the API brought before it
resolved as (

    select
        song_days.song_id,
        song_days.metric_id,
        song_days.observed_date,
        song_days.value,
        coalesce(linked.linked_value, 0) as linked_value
    from song_days
    left join {{ ref('int_audience_song_links_dated') }} as linked
        on
            song_days.song_id = linked.song_id
            and song_days.metric_id = linked.metric_id
            and song_days.observed_date >= linked.linked_from_date
            and coalesce(song_days.observed_date < linked.linked_until_date, true)

)

select * from resolved
