-- The metric spine speaks of the same leads and the same money as the dashboard.

with

observed as (

    select
        metric_id,
        sum(value) as total
    from {{ ref('int_leads_observations') }}
    group by metric_id

),

dated as (

    select * from {{ ref('fct_leads_daily') }}
    where day_date is not null

),

counted as (

    select
        'leads:leads_received' as metric_id,
        sum(received_count) as total
    from dated

    union all

    select
        'leads:validated_leads' as metric_id,
        sum(validated_count) as total
    from dated

    union all

    select
        'leads:reached_leads' as metric_id,
        sum(reached_count) as total
    from dated

    union all

    select
        'leads:spend' as metric_id,
        sum(days.spend) as total
    from {{ ref('fct_media_spend_daily') }} as days
    inner join {{ ref('int_leads_days_dated') }} as calendar on days.spend_date = calendar.day_date
    where days.currency = '{{ var("leads_currency") }}'

)

select counted.metric_id
from counted
left join observed on counted.metric_id = observed.metric_id
where abs(coalesce(counted.total, 0) - coalesce(observed.total, 0)) > 0.005
