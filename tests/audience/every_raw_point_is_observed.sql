-- Nothing may be lost or made up between the partner's file and what growth is read from: every
-- value of every record has an observation on its day, and every observation of what a report can
-- know is a value that some record, or some identifier of the API, shows for that day. A value that
-- is set aside (int_observations_checked) is a finding.

with

-- one row per record and metric, whether or not the series is there
record_series as (

    select
        records._row_id,
        metrics.metric_id,
        loads.started_date,
        {{ series_key("'song:' || records.song_id", 'metrics.metric_id') }} as series_id
    from {{ source('raw_soundcharts', 'report_songs') }} as records
    cross join {{ ref('dim_metrics') }} as metrics
    left join {{ ref('stg_load_audit__loads') }} as loads on records._load_id = loads._load_id
    where metrics.metric_id in ('spotify:streams', 'spotify:popularity')

),

observations as (

    select
        observed.series_id,
        observed.observed_date,
        observed.value
    from {{ ref('fct_observations') }} as observed
    where observed.series_id in (select record_series.series_id from record_series)

),

raw_values as (

    select
        record_series.series_id,
        points.date as observed_date,
        cast(points.spotify_streams as double) as value
    from {{ source('raw_soundcharts', 'report_songs__time_series') }} as points
    inner join record_series on points._parent_row_id = record_series._row_id
    where
        record_series.metric_id = 'spotify:streams'
        and points.spotify_streams is not null
        and {{ day_problem('points.date', 'record_series.started_date') }} is null

    union all

    select
        record_series.series_id,
        points.date as observed_date,
        cast(points.spotify_popularity as double) as value
    from {{ source('raw_soundcharts', 'report_songs__time_series') }} as points
    inner join record_series on points._parent_row_id = record_series._row_id
    where
        record_series.metric_id = 'spotify:popularity'
        and points.spotify_popularity is not null
        -- a day that cannot be is a finding
        and {{ day_problem('points.date', 'record_series.started_date') }} is null

),

-- series of which both sides have the same rows, by the sums of their hashes, need no comparing
raw_summed as (

    select
        series_id,
        count(*) as row_count,
        sum({{ row_hash(['observed_date', 'value']) }}) as rows_hash
    from raw_values
    group by series_id

),

observed_summed as (

    select
        series_id,
        count(*) as row_count,
        sum({{ row_hash(['observed_date', 'value']) }}) as rows_hash
    from observations
    group by series_id

),

unequal_series as (

    select coalesce(raw_summed.series_id, observed_summed.series_id) as series_id
    from raw_summed
    full outer join observed_summed
        on
            raw_summed.series_id = observed_summed.series_id
            and raw_summed.row_count = observed_summed.row_count
            and raw_summed.rows_hash = observed_summed.rows_hash
    where raw_summed.series_id is null or observed_summed.series_id is null

),

compared_values as (

    select * from raw_values
    where series_id in (select unequal_series.series_id from unequal_series)

),

compared_observations as (

    select * from observations
    where series_id in (select unequal_series.series_id from unequal_series)

),

unequal as (

    select
        compared_observations.value is null as is_raw,
        coalesce(compared_values.series_id, compared_observations.series_id) as series_id,
        coalesce(compared_values.observed_date, compared_observations.observed_date)
            as observed_date
    from compared_values
    full outer join compared_observations
        on
            compared_values.series_id = compared_observations.series_id
            and compared_values.observed_date = compared_observations.observed_date
            and compared_values.value = compared_observations.value
    where compared_values.value is null or compared_observations.value is null

),

-- one row per song and day of the API with each value it shows there, by identifier or for all
api_values as (

    select
        series.series_id,
        days.date as observed_date,
        coalesce(plots.value, days.value) as value
    from {{ source('raw_soundcharts', 'song_audience_pages') }} as pages
    inner join {{ source('raw_soundcharts', 'song_audience_pages__items') }} as days
        on pages._row_id = days._parent_row_id
    left join {{ source('raw_soundcharts', 'song_audience_pages__items__plots') }} as plots
        on days._parent_row_id = plots._parent_row_id and days._index = plots._items_index
    inner join {{ ref('dim_series') }} as series
        on
            'song:' || pages.asked_uuid = series.subject_id
            and case pages.asked_document
                when 'song-audience' then 'spotify:streams'
                else 'spotify:popularity'
            end = series.metric_id
    where {{ platform_code('pages.asked_platform') }} = 'spotify'

),

set_aside as (

    select
        {{ series_key('subject_id', 'metric_id') }} as series_id,
        observed_date,
        true as is_set_aside
    from {{ ref('int_observations_checked') }}
    where set_aside_reason is not null

),

-- a raw value may differ from its day's observation, which then is another version's
problems as (

    select
        case when unequal.is_raw then 'lost' else 'made up' end as problem,
        unequal.series_id,
        unequal.observed_date
    from unequal
    left join observations
        on
            unequal.series_id = observations.series_id
            and unequal.observed_date = observations.observed_date
    left join api_values
        on
            unequal.series_id = api_values.series_id
            and unequal.observed_date = api_values.observed_date
            and observations.value = api_values.value
    left join set_aside
        on
            unequal.series_id = set_aside.series_id
            and unequal.observed_date = set_aside.observed_date
    where
        (not unequal.is_raw or observations.value is null)
        and api_values.value is null
        and set_aside.is_set_aside is null

)

select * from problems
