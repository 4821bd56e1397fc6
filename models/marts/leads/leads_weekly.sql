-- The weekly bars. A lead counts in the week in which it came in: so received and validated are of
-- the same leads, and weeks whose validations are not all in yet are marked.

with

weeks as (

    select * from {{ ref('int_leads_channel_weeks_dated') }}

),

days as (

    select * from {{ ref('fct_leads_daily') }}

),

summed as (

    select
        cast({{ dbt.date_trunc('week', 'day_date') }} as date) as week_date,
        channel_id,
        cast(sum(received_count) as bigint) as received_count,
        cast(sum(validated_count) as bigint) as validated_count,
        cast(sum(validation_count) as bigint) as validation_count,
        cast(sum(rejected_count) as bigint) as rejected_count
    from days
    group by all

),

-- one row per week and channel, and one per channel for leads without a date
filled as (

    select
        coalesce(weeks.week_date, summed.week_date) as week_date,
        coalesce(weeks.week, {{ iso_week('summed.week_date') }}, '(no date)') as week,
        coalesce(weeks.channel_id, summed.channel_id) as channel_id,
        coalesce(weeks.is_partial_week, true) as is_partial_week,
        coalesce(weeks.is_mature_week, false) as is_mature_week,
        coalesce(summed.received_count, 0) as received_count,
        coalesce(summed.validated_count, 0) as validated_count,
        coalesce(summed.validation_count, 0) as validation_count,
        coalesce(summed.rejected_count, 0) as rejected_count
    from weeks
    full outer join summed
        on weeks.week_date = summed.week_date and weeks.channel_id = summed.channel_id

),

-- partial weeks compare with nothing
compared as (

    select
        *,
        case when not is_partial_week then validated_count end as whole_count,
        case when not is_partial_week then lag(validated_count) over in_time end as count_before,
        lag(is_partial_week) over in_time as was_partial,
        count(*) filter (where not is_partial_week) over eight_before as weeks_before,
        avg(validated_count) filter (where not is_partial_week) over eight_before as usual_count,
        stddev_samp(validated_count) filter (where not is_partial_week) over eight_before
            as usual_deviation
    from filled
    window
        in_time as (partition by channel_id order by week_date),
        eight_before as (
            partition by channel_id
            order by week_date
            rows between 8 preceding and 1 preceding
        )

),

described as (

    select
        week_date,
        week,
        channel_id,
        received_count,
        validated_count,
        validation_count,
        rejected_count,
        validated_count / nullif(received_count, 0) as validation_ratio,
        validated_count / nullif(sum(validated_count) over (partition by week), 0) as share_ratio,
        case when not was_partial then count_before end as previous_validated_count,
        case
            when not was_partial
                then 100.0 * (whole_count - count_before) / nullif(count_before, 0)
        end as week_on_week_pct,
        case when weeks_before = 8 then usual_count end as usual_validated,
        case when weeks_before = 8 then usual_deviation end as usual_deviation,
        case when weeks_before = 8 then whole_count > usual_count + 2 * usual_deviation end
            as is_peak,
        -- a young week is low because its validations are still to come
        case
            when weeks_before = 8 and is_mature_week
                then whole_count < usual_count - 2 * usual_deviation
        end as is_fall,
        is_partial_week,
        is_mature_week
    from compared

)

select * from described
