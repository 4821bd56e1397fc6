-- The partner's own growth figures, of the one version of a song that the warehouse believes most.

with

summaries as (

    select * from {{ ref('stg_soundcharts__report_summaries') }}

),

versions as (

    select * from {{ ref('int_audience_song_versions_resolved') }}

),

points as (

    select * from {{ ref('stg_soundcharts__report_points') }}

),

numbered as (

    select
        song_id,
        _row_id,
        row_number() over (partition by song_id order by version_number desc) as place
    from versions

),

-- two keys may name one metric, 'spotify-streams' and 'spotify:streams': the larger figure counts
selected as (

    select
        numbered.song_id,
        numbered._row_id,
        summaries.metric_id,
        summaries.period,
        max(summaries.evolution) as evolution,
        max(summaries.percent_evolution) as percent_evolution,
        max(summaries.last_observed_date) as to_date,
        max(summaries.last_observed_date)
        - case summaries.period when '1w' then 7 when '28d' then 28 when '1y' then 365 end
            as from_date
    from summaries
    inner join numbered on summaries._parent_row_id = numbered._row_id
    where numbered.place = 1 and summaries.period is not null
    group by numbered.song_id, numbered._row_id, summaries.metric_id, summaries.period

),

-- one row per song, metric and day that a figure speaks of
spoken_of as (

    select
        _row_id,
        metric_id,
        from_date as observed_date
    from selected

    union distinct

    select
        _row_id,
        metric_id,
        to_date as observed_date
    from selected

),

shown as (

    select
        spoken_of._row_id,
        spoken_of.metric_id,
        spoken_of.observed_date,
        max(
            case spoken_of.metric_id
                when 'spotify:streams' then points.spotify_streams
                when 'spotify:popularity' then points.spotify_popularity
            end
        ) as value
    from spoken_of
    inner join points
        on
            spoken_of._row_id = points._parent_row_id
            and spoken_of.observed_date = points.observed_date
    group by all

),

described as (

    select
        'song:' || selected.song_id as subject_id,
        selected.metric_id,
        selected.period,
        selected.from_date,
        selected.to_date,
        selected.evolution,
        selected.percent_evolution,
        starts.value as shown_start_value,
        ends.value as shown_end_value
    from selected
    left join shown as starts
        on
            selected._row_id = starts._row_id
            and selected.metric_id = starts.metric_id
            and selected.from_date = starts.observed_date
    left join shown as ends
        on
            selected._row_id = ends._row_id
            and selected.metric_id = ends.metric_id
            and selected.to_date = ends.observed_date

)

select * from described
