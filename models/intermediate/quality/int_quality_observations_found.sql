with

observations as (

    select * from {{ ref('int_observations_checked') }}

),

dates as (

    select * from {{ ref('int_quality_dates_found') }}

),

song_values as (

    select * from {{ ref('int_audience_song_values_resolved') }}

),

artist_values as (

    select * from {{ ref('int_audience_artist_values_resolved') }}

),

films as (

    select * from {{ ref('int_quality_films_found') }}

),

-- a report's scores are looked at by record, in int_quality_records_found
answered as (

    select
        'song:' || song_id as subject_id,
        metric_id,
        observed_date,
        value
    from song_values

    union all

    select
        'artist:' || artist_id as subject_id,
        metric_id,
        observed_date,
        value
    from artist_values

),

doubted as (

    select
        set_aside_reason as finding_kind,
        subject_id as record_id,
        metric_id as place,
        case
            when set_aside_reason = 'date_in_the_future' then cast(observed_date as string)
            else cast(value as string)
        end as example,
        observed_date as found_date
    from observations
    where set_aside_reason is not null

    union all

    select
        'popularity_above_100' as finding_kind,
        answered.subject_id as record_id,
        answered.metric_id as place,
        cast(answered.value as string) as example,
        answered.observed_date as found_date
    from answered
    where answered.metric_id like '%:popularity' and answered.value > 100

    union all

    select
        'date_in_the_future' as finding_kind,
        record_id,
        place,
        cast(observed_date as string) as example,
        observed_date as found_date
    from dates

    union all

    select
        finding_kind,
        record_id,
        place,
        example,
        found_date
    from films

)

select * from doubted
