-- Treemap, weekly bars, daily counts and the leads themselves speak of the same leads, channel by
-- channel; so do costs, but for leads without a date.

with

counted as (

    select
        'leads' as place,
        channel_id,
        count(*) filter (where is_received) as received_count,
        count(*) filter (where is_validated) as validated_count,
        count(*) filter (where is_validated) as validation_count
    from {{ ref('fct_leads') }}
    group by channel_id

    union all

    select
        'days' as place,
        channel_id,
        sum(received_count) as received_count,
        sum(validated_count) as validated_count,
        sum(validation_count) as validation_count
    from {{ ref('fct_leads_daily') }}
    group by channel_id

    union all

    select
        'weeks' as place,
        channel_id,
        sum(received_count) as received_count,
        sum(validated_count) as validated_count,
        sum(validation_count) as validation_count
    from {{ ref('leads_weekly') }}
    group by channel_id

    union all

    select
        'mix' as place,
        channel_id,
        received_count,
        validated_count,
        validated_count as validation_count
    from {{ ref('media_mix') }}
    where period_type = 'all'

    union all

    select
        'costs and leads without a date' as place,
        costs.channel_id,
        sum(costs.received_count) + coalesce(max(undated.received_count), 0) as received_count,
        sum(costs.validated_count) + coalesce(max(undated.validated_count), 0) as validated_count,
        sum(costs.validated_count) + coalesce(max(undated.validated_count), 0) as validation_count
    from {{ ref('channel_costs') }} as costs
    left join {{ ref('fct_leads_daily') }} as undated
        on costs.channel_id = undated.channel_id and undated.day_date is null
    group by costs.channel_id

)

select channel_id
from counted
where place in ('leads', 'days', 'weeks', 'mix') or received_count > 0
group by channel_id
having
    max(received_count) > 0
    and (
        min(received_count) <> max(received_count)
        or min(validated_count) <> max(validated_count)
        or min(validation_count) <> max(validation_count)
        or count(*) filter (where place in ('leads', 'days', 'weeks', 'mix')) <> 4
    )
