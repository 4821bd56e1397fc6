-- An average member, each by its weight in the group.

with

averages as (

    select * from {{ ref('series_averages') }}(from_date, to_date)

),

members as (

    select * from {{ ref('int_series_grouped') }}
    where counts

),

-- one row per group, metric and type of member; fractions are added in one order, so that two
-- builds of the same rows agree in every digit
averaged as (

    select
        members.subject,
        members.name,
        averages.platform,
        averages.metric,
        averages.unit,
        {{ from_day() }} as from_date,
        {{ to_day() }} as to_date,
        sum(members.weight * averages.average_per_observed_day order by averages.series_id)
        / sum(members.weight order by averages.series_id) filter (
            where averages.average_per_observed_day is not null
        ) as average_per_observed_day,
        sum(members.weight * averages.latest_value order by averages.series_id)
        / sum(members.weight order by averages.series_id) filter (
            where averages.latest_value is not null
        ) as average_latest_value,
        median(averages.latest_value) as median_latest_value,
        count(*) as member_count,
        cast(sum(averages.observed_days) as bigint) as n_days,
        -- a member that is read too often makes up for none that is not read
        sum(least(averages.observed_days, averages.expected_days))
        / sum(averages.expected_days) as coverage_ratio,
        members.subject_type,
        members.member_type,
        count(*) filter (where averages.changes_scale) as rescaled_count
    from averages
    inner join members on averages.series_id = members.series_id
    group by all

)

select * from averaged
