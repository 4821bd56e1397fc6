-- Nothing may be lost or made up between the partner's file and what growth is read from: every
-- value of every record has an observation on its day, and every observation of what a report can
-- know is a value that some record, or some identifier of the API, shows for that day. A value that
-- is set aside (int_observations_excluded, int_audience_refusals_found) is a finding.

with

-- one row per record, with its two series, whether or not they are there
records as (

    select
        songs._row_id,
        loads.started_date,
        {{ series_key("'song:' || songs.song_id", "'spotify:streams'") }} as streams_series_id,
        {{ series_key("'song:' || songs.song_id", "'spotify:popularity'") }}
            as popularity_series_id
    from {{ source('raw_soundcharts', 'report_songs') }} as songs
    left join {{ ref('stg_load_audit__loads') }} as loads on songs._load_id = loads._load_id

),

record_series as (

    select
        _row_id,
        started_date,
        streams_series_id as series_id,
        true as is_streams
    from records

    union all

    select
        _row_id,
        started_date,
        popularity_series_id as series_id,
        false as is_streams
    from records

),

-- series of which both sides have the same rows, by the sums of their hashes, need no comparing;
-- a point of a day that cannot be is a finding
songs_summed as (

    select
        records.streams_series_id,
        records.popularity_series_id,
        count(points.spotify_streams) as streams_count,
        sum({{ row_hash(['points.date', 'cast(points.spotify_streams as double)']) }}) filter (
            where points.spotify_streams is not null
        ) as streams_hash,
        count(points.spotify_popularity) as popularity_count,
        sum({{ row_hash(['points.date', 'cast(points.spotify_popularity as double)']) }}) filter (
            where points.spotify_popularity is not null
        ) as popularity_hash
    from {{ source('raw_soundcharts', 'report_songs__time_series') }} as points
    inner join records on points._parent_row_id = records._row_id
    where {{ day_problem('points.date', 'records.started_date') }} is null
    group by records.streams_series_id, records.popularity_series_id

),

raw_summed as (

    select
        streams_series_id as series_id,
        streams_count as row_count,
        streams_hash as rows_hash
    from songs_summed

    union all

    select
        popularity_series_id as series_id,
        popularity_count as row_count,
        popularity_hash as rows_hash
    from songs_summed

),

observed_summed as (

    select
        series_id,
        count(*) as row_count,
        sum({{ row_hash(['observed_date', 'value']) }}) as rows_hash
    from {{ ref('fct_observations') }}
    group by series_id

),

unequal_series as (

    select record_series.series_id
    from record_series
    left join raw_summed on record_series.series_id = raw_summed.series_id
    left join observed_summed on record_series.series_id = observed_summed.series_id
    where
        coalesce(raw_summed.row_count, 0) <> coalesce(observed_summed.row_count, 0)
        or raw_summed.rows_hash <> observed_summed.rows_hash
    group by record_series.series_id

),

compared_series as (

    select * from record_series
    where series_id in (select unequal_series.series_id from unequal_series)

),

compared_values as (

    select
        compared_series.series_id,
        points.date as observed_date,
        cast(
            case
                when compared_series.is_streams then points.spotify_streams
                else points.spotify_popularity
            end as double
        ) as value
    from {{ source('raw_soundcharts', 'report_songs__time_series') }} as points
    inner join compared_series on points._parent_row_id = compared_series._row_id
    where
        {{ day_problem('points.date', 'compared_series.started_date') }} is null
        and case
            when compared_series.is_streams then points.spotify_streams
            else points.spotify_popularity
        end is not null

),

observations as (

    select
        observed.series_id,
        observed.observed_date,
        observed.value
    from {{ ref('fct_observations') }} as observed
    where observed.series_id in (select unequal_series.series_id from unequal_series)

),

unequal as (

    select
        observations.value is null as is_raw,
        coalesce(compared_values.series_id, observations.series_id) as series_id,
        coalesce(compared_values.observed_date, observations.observed_date)
            as observed_date
    from compared_values
    full outer join observations
        on
            compared_values.series_id = observations.series_id
            and compared_values.observed_date = observations.observed_date
            and compared_values.value = observations.value
    where compared_values.value is null or observations.value is null

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

-- a raw value may differ from its day's observation, which then is another version's
missed as (

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
    where
        (not unequal.is_raw or observations.value is null)
        and api_values.value is null

),

set_aside as (

    select
        {{ series_key('subject_id', 'metric_id') }} as series_id,
        observed_date
    from {{ ref('int_observations_excluded') }}

    union distinct

    select
        {{ series_key('subject_id', 'metric_id') }} as series_id,
        observed_date
    from {{ ref('int_audience_refusals_found') }}

),

problems as (

    select missed.*
    from missed
    left join set_aside
        on
            missed.series_id = set_aside.series_id
            and missed.observed_date = set_aside.observed_date
    where set_aside.series_id is null

)

select * from problems
