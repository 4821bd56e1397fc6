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

-- one row per mover and series in it
weighted as (

    select
        parts.mover_id,
        averages.observed_days,
        averages.expected_days,
        averages.average_per_observed_day,
        averages.unconfirmed_days,
        averages.changes_scale,
        metrics.min_base,
        parts.weight * averages.average_per_observed_day as average,
        parts.weight * case
            when averages.kind in ('counter', 'flow') then 28 * averages.average_per_observed_day
            else averages.latest_value
        end as size
    from averages
    inner join parts on averages.series_id = parts.series_id
    inner join metrics
        on
            averages.platform = metrics.platform
            and averages.metric = metrics.metric

),

-- exact sums, or two of the same size would differ by a last digit and have two ranks
averaged as (

    select
        mover_id,
        cast(sum({{ exact('average') }}) as double) as average,
        cast(sum({{ exact('size') }}) as double) as size,
        count(average_per_observed_day) as member_count,
        sum(least(observed_days, expected_days)) / sum(expected_days) as coverage_ratio,
        max(min_base) as min_base,
        -- of a group whose other members are confirmed, the rest of this one is left out
        bool_and(unconfirmed_days > 0) as is_all_unconfirmed,
        coalesce(sum(abs(average)) filter (where changes_scale) / nullif(sum(abs(average)), 0), 0)
            as rescaled_ratio
    from weighted
    group by mover_id

)

select * from averaged
