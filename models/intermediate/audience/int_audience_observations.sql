with

songs as (

    select * from {{ ref('int_audience_song_values_unioned') }}

),

recordings as (

    select * from {{ ref('int_audience_recording_values_aggregated') }}

),

artist_values as (

    select * from {{ ref('int_audience_artist_values_resolved') }}

),

boundaries as (

    select * from {{ ref('int_audience_restatements_filtered') }}

),

-- one row per subject, metric and day
observations as (

    select
        'song:' || song_id as subject_id,
        metric_id,
        observed_date,
        value,
        linked_value
    from songs

    union all

    select
        'artist:' || artist_id as subject_id,
        metric_id,
        observed_date,
        value,
        cast(0 as double) as linked_value
    from artist_values
    where not is_unknown

),

marked as (

    select
        observations.*,
        boundaries.subject_id is not null as is_restated
    from observations
    left join boundaries
        on
            observations.subject_id = boundaries.subject_id
            and observations.metric_id = boundaries.metric_id
            and observations.observed_date = boundaries.observed_date

    union all

    select
        'recording:' || recording_id as subject_id,
        metric_id,
        observed_date,
        value,
        linked_value,
        is_restated
    from recordings

)

select * from marked
