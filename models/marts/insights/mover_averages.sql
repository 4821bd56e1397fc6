-- An average day of each mover: of a counter or a flow what it gained, of all else its level; and
-- its size, which is what it gained in 28 such days, or its latest level.

with

averages as (

    select * from {{ ref('series_averages') }}(from_date, to_date)

),

parts as (

    select * from {{ ref('bridge_movers_x_series') }}

),

metrics as (

    select * from {{ ref('dim_metrics') }}

),

averaged as (

    select
        parts.mover_id,
        sum(parts.weight * averages.average_per_observed_day) as average,
        sum(
            parts.weight * case
                when averages.kind in ('counter', 'flow')
                    then 28 * averages.average_per_observed_day
                else averages.latest_value
            end
        ) as size,
        count(averages.average_per_observed_day) as member_count,
        sum(averages.observed_days) / sum(averages.expected_days) as coverage_ratio,
        max(metrics.min_base) as min_base
    from averages
    inner join parts on averages.series_id = parts.series_id
    inner join metrics
        on
            averages.platform = metrics.platform
            and averages.metric = metrics.metric
    group by parts.mover_id

)

select * from averaged
