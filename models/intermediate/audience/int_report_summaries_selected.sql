-- The partner's own growth figures, of the one version of a song that the warehouse believes most.

with

summaries as (

    select * from {{ ref('stg_soundcharts__report_summaries') }}

),

versions as (

    select * from {{ ref('int_song_versions_ranked') }}

),

numbered as (

    select
        song_id,
        _row_id,
        row_number() over (partition by song_id order by version_number desc) as place
    from versions

),

selected as (

    select
        'song:' || numbered.song_id as subject_id,
        summaries.metric_id,
        summaries.period,
        summaries.latest_value,
        summaries.evolution,
        summaries.percent_evolution,
        summaries.last_observed_date
        - case summaries.period when '1w' then 7 when '28d' then 28 when '1y' then 365 end
            as from_date,
        summaries.last_observed_date as to_date
    from summaries
    inner join numbered on summaries._parent_row_id = numbered._row_id
    where numbered.place = 1 and summaries.period is not null

)

select * from selected
