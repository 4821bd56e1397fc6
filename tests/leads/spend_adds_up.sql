-- Nothing that was spent on a day that can be is lost when a month is spread over its days and days
-- are added to weeks; only a credit takes an amount below zero; and what is not paid for costs
-- nothing that could be told.

with

told as (

    select sum(spend) as spend
    from {{ ref('int_leads_spend_aggregated') }}
    where set_aside_reason is null

),

spread as (

    select sum(spend) as spend
    from {{ ref('int_leads_spend_dated') }}

),

latest as (

    select sum(spend) as spend
    from {{ ref('int_leads_spend_resolved') }}
    where is_latest

),

days as (

    select
        sum(spend) as spend,
        sum(spend) filter (where currency = '{{ var("leads_currency") }}') as spend_in_currency
    from {{ ref('fct_media_spend_daily') }}

),

costs as (

    select sum(spend) as spend
    from {{ ref('channel_costs') }}

)

select 'sums' as what
from told
cross join spread
cross join latest
cross join days
cross join costs
where
    abs(coalesce(told.spend, 0) - coalesce(spread.spend, 0)) > 0.005
    or abs(coalesce(latest.spend, 0) - coalesce(days.spend, 0)) > 0.005
    or abs(coalesce(costs.spend, 0) - coalesce(days.spend_in_currency, 0)) > 0.005

union all

select 'negative' as what
from {{ ref('fct_media_spend_daily') }}
where spend < 0 and not is_credited

union all

select 'unpaid' as what
from {{ ref('channel_costs') }} as weeks
inner join {{ ref('dim_channels') }} as channels on weeks.channel_id = channels.channel_id
where not channels.is_paid and weeks.cost_per_lead is not null
