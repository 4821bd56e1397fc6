-- The tiles above the dashboard, week by week.

with

weeks as (

    select * from {{ ref('leads_weekly') }}

),

channels as (

    select * from {{ ref('dim_channels') }}

),

reach as (

    select
        week,
        sum(attempted_count) as attempted_count,
        sum(reached_count) as reached_count
    from {{ ref('reachability') }}
    group by week

),

costs as (

    select
        week,
        {{ exact_sum('spend') }} as spend,
        max(last_restated_at) as last_restated_at
    from {{ ref('channel_costs') }}
    group by week

),

summed as (

    select
        weeks.week_date,
        weeks.week,
        cast(sum(weeks.received_count) as bigint) as received_count,
        cast(sum(weeks.validated_count) as bigint) as validated_count,
        cast(coalesce(
            sum(weeks.validated_count) filter (where channels.is_paid), 0
        ) as bigint) as paid_validated_count,
        bool_or(weeks.is_partial_week) as is_partial_week,
        bool_and(weeks.is_mature_week) as is_mature_week
    from weeks
    inner join channels on weeks.channel_id = channels.channel_id
    group by weeks.week_date, weeks.week

),

compared as (

    select
        *,
        lag(validated_count) over in_time as count_before,
        lag(is_partial_week) over in_time as was_partial,
        count(*) filter (where not is_partial_week) over eight_before as weeks_before,
        avg(validated_count) filter (where not is_partial_week) over eight_before as usual_count,
        stddev_samp(validated_count) filter (where not is_partial_week) over eight_before
            as usual_deviation
    from summed
    window
        in_time as (order by week_date),
        eight_before as (order by week_date rows between 8 preceding and 1 preceding)

),

-- one row per week, and one for leads without a date
described as (

    select
        compared.week_date,
        compared.week,
        compared.received_count,
        compared.validated_count,
        compared.validated_count / nullif(compared.received_count, 0) as validation_ratio,
        compared.paid_validated_count / nullif(compared.validated_count, 0) as paid_ratio,
        case
            when not compared.is_partial_week and not compared.was_partial
                then
                    100.0 * (compared.validated_count - compared.count_before)
                    / nullif(compared.count_before, 0)
        end as week_on_week_pct,
        case
            when compared.weeks_before = 8 and not compared.is_partial_week
                then
                    compared.validated_count
                    > compared.usual_count + 2 * compared.usual_deviation
        end as is_peak,
        case
            when
                compared.weeks_before = 8
                and not compared.is_partial_week
                and compared.is_mature_week
                then
                    compared.validated_count
                    < compared.usual_count - 2 * compared.usual_deviation
        end as is_fall,
        reach.reached_count / nullif(reach.attempted_count, 0) as reachability_ratio,
        costs.spend,
        costs.spend / nullif(compared.received_count, 0) as cost_per_lead,
        costs.spend / nullif(compared.validated_count, 0) as cost_per_validated_lead,
        costs.last_restated_at,
        compared.is_partial_week,
        compared.is_mature_week
    from compared
    left join reach on compared.week = reach.week
    left join costs on compared.week = costs.week

)

select * from described
