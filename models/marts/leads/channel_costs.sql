-- What a lead costs. A channel that nobody pays for has no cost: null, not zero. Spend in another
-- currency than the house's is in fct_media_spend_daily, and in no cost.

with

weeks as (

    select * from {{ ref('int_leads_channel_weeks_dated') }}

),

channels as (

    select * from {{ ref('dim_channels') }}

),

days as (

    select * from {{ ref('fct_leads_daily') }}

),

spend_days as (

    select * from {{ ref('fct_media_spend_daily') }}
    where currency = '{{ var("leads_currency") }}'

),

leads as (

    select
        cast({{ dbt.date_trunc('week', 'day_date') }} as date) as week_date,
        channel_id,
        cast(sum(received_count) as bigint) as received_count,
        cast(sum(validated_count) as bigint) as validated_count,
        cast(sum(reached_count) as bigint) as reached_count
    from days
    group by all

),

spend as (

    select
        cast({{ dbt.date_trunc('week', 'spend_date') }} as date) as week_date,
        channel_id,
        {{ exact_sum('spend') }} as spend,
        {{ exact_sum('credit') }} as credit,
        bool_or(is_spread) as is_spread,
        max(last_restated_at) as last_restated_at
    from spend_days
    group by all

),

-- one row per week and channel; spend of weeks without any lead has no other place
placed as (

    select
        week_date,
        channel_id,
        is_partial_week,
        is_mature_week
    from weeks

    union distinct

    select
        spend.week_date,
        spend.channel_id,
        true as is_partial_week,
        false as is_mature_week
    from spend
    left join weeks on spend.week_date = weeks.week_date
    where weeks.week_date is null

),

described as (

    select
        placed.week_date,
        {{ iso_week('placed.week_date') }} as week,
        placed.channel_id,
        '{{ var("leads_currency") }}' as currency,
        spend.spend,
        spend.credit,
        coalesce(leads.received_count, 0) as received_count,
        coalesce(leads.validated_count, 0) as validated_count,
        coalesce(leads.reached_count, 0) as reached_count,
        case when channels.is_paid then spend.spend / nullif(leads.received_count, 0) end
            as cost_per_lead,
        case when channels.is_paid then spend.spend / nullif(leads.validated_count, 0) end
            as cost_per_validated_lead,
        case when channels.is_paid then spend.spend / nullif(leads.reached_count, 0) end
            as cost_per_reached_lead,
        coalesce(spend.is_spread, false) as is_spread,
        spend.last_restated_at,
        placed.is_partial_week,
        placed.is_mature_week
    from placed
    inner join channels on placed.channel_id = channels.channel_id
    left join leads
        on placed.week_date = leads.week_date and placed.channel_id = leads.channel_id
    left join spend
        on placed.week_date = spend.week_date and placed.channel_id = spend.channel_id

)

select * from described
