-- Of whatever is shared: the mix of a period, the bars of a week, the reasons of a channel, and the
-- first and last visits.

with

shares as (

    select
        'mix' as what,
        sum(share_ratio) as total
    from {{ ref('media_mix') }}
    group by period_type, period_start_date

    union all

    select
        'first visits' as what,
        sum(first_touch_ratio) as total
    from {{ ref('media_mix') }}
    group by period_type, period_start_date

    union all

    select
        'last visits' as what,
        sum(last_touch_ratio) as total
    from {{ ref('media_mix') }}
    group by period_type, period_start_date

    union all

    select
        'week' as what,
        sum(share_ratio) as total
    from {{ ref('leads_weekly') }}
    group by week

    union all

    select
        'reasons' as what,
        sum(share_ratio) as total
    from {{ ref('lead_rejections') }}
    group by channel_id

)

select what
from shares
where abs(total - 1) > 1e-9
