-- A week has seven days, also the one with a day of 23 or 25 hours.

with

days as (

    select
        cast({{ dbt.date_trunc('week', 'day_date') }} as date) as week_date,
        channel_id,
        sum(received_count) as received_count,
        sum(validated_count) as validated_count,
        sum(rejected_count) as rejected_count
    from {{ ref('fct_leads_daily') }}
    group by all

)

select
    coalesce(weeks.week_date, days.week_date) as week_date,
    coalesce(weeks.channel_id, days.channel_id) as channel_id
from {{ ref('leads_weekly') }} as weeks
full outer join days
    on
        weeks.week_date is not distinct from days.week_date
        and weeks.channel_id = days.channel_id
where
    coalesce(weeks.received_count, 0) <> coalesce(days.received_count, 0)
    or coalesce(weeks.validated_count, 0) <> coalesce(days.validated_count, 0)
    or coalesce(weeks.rejected_count, 0) <> coalesce(days.rejected_count, 0)
