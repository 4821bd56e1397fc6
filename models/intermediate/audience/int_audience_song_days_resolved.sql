-- What is known of a song on Spotify, by report, API or chart.

-- a table: observations, twins and songs read it, and resolving the versions is the one pass over
-- every point that the domain pays for
{{ config(materialized='table') }}

with

version_days as (

    select * from {{ ref('int_audience_report_days_aggregated') }}

),

answered as (

    select * from {{ ref('int_audience_song_answers_filtered') }}

),

linked as (

    select * from {{ ref('int_audience_song_links_dated') }}

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
    from version_days
    where not has_versions

    union all

    select
        song_id,
        metric_id,
        observed_date,
        max_by(value, version_number) as value
    from version_days
    where has_versions
    group by all

),

-- if both know a day the API counts: it has a value for each identifier, and a report shows their
-- sum on some days
song_days as (

    select
        coalesce(answered.song_id, reported.song_id) as song_id,
        coalesce(answered.metric_id, reported.metric_id) as metric_id,
        coalesce(answered.observed_date, reported.observed_date) as observed_date,
        coalesce(answered.value, reported.value) as value
    from reported
    full outer join answered
        on
            reported.song_id = answered.song_id
            and reported.metric_id = answered.metric_id
            and reported.observed_date = answered.observed_date

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
    left join linked
        on
            song_days.song_id = linked.song_id
            and song_days.metric_id = linked.metric_id
            and song_days.observed_date >= linked.linked_from_date
            and coalesce(song_days.observed_date < linked.linked_until_date, true)

)

select * from resolved
