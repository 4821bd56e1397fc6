with

averages as (

    select * from {{ ref('series_averages') }}(from_date, to_date)

),

songs as (

    select * from {{ ref('dim_songs') }}

),

described as (

    select
        averages.subject,
        averages.name,
        averages.platform,
        averages.metric,
        averages.unit,
        averages.from_date,
        averages.to_date,
        averages.average_per_observed_day,
        averages.latest_value as average_latest_value,
        averages.latest_value as median_latest_value,
        cast(1 as bigint) as n_songs,
        averages.observed_days as n_days,
        averages.coverage_ratio,
        songs.artist_credit,
        songs.is_primary_recording,
        cast(case when averages.changes_scale then 1 else 0 end as bigint) as rescaled_count
    from averages
    inner join songs on averages.subject = songs.subject_id

)

select * from described
