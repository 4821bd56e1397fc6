-- Every recording weighs the same, and so does every artist.

with

averages as (

    select * from {{ ref('series_averages') }}(from_date, to_date)

),

members as (

    select * from {{ ref('int_series_grouped') }}
    where twin_of is null

),

-- one row per group, metric and type of member
averaged as (

    select
        members.subject,
        members.name,
        averages.platform,
        averages.metric,
        averages.unit,
        {{ from_day() }} as from_date,
        {{ to_day() }} as to_date,
        avg(averages.average_per_observed_day) as average_per_observed_day,
        avg(averages.latest_value) as average_latest_value,
        median(averages.latest_value) as median_latest_value,
        count(*) filter (where members.member_type = 'song') as n_songs,
        count(*) filter (where members.member_type = 'artist') as n_artists,
        cast(sum(averages.observed_days) as bigint) as n_days,
        least(1, sum(averages.observed_days) / sum(averages.expected_days)) as coverage_ratio,
        members.subject_type,
        members.member_type
    from averages
    inner join members on averages.series_id = members.series_id
    group by all

)

select * from averaged
