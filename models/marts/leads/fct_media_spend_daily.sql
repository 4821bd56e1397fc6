with

spend as (

    select * from {{ ref('int_leads_spend_dated') }}

),

ruled as (

    select * from {{ ref('int_leads_tags_matched') }}

),

-- one row per day, campaign and currency
summed as (

    select
        spend.spend_date,
        spend.ad_platform,
        spend.account_id,
        spend.campaign_id,
        spend.currency,
        max(spend.campaign_name) as campaign_name,
        max(ruled.channel_id) as channel_id,
        max(ruled.rule_id) as rule_id,
        sum(spend.impressions) as impressions,
        sum(spend.clicks) as clicks,
        sum(spend.platform_conversions) as platform_conversions,
        sum(spend.spend) as spend,
        sum(spend.credit) as credit,
        sum(spend.first_spend) as first_spend,
        bool_or(spend.is_spread) as is_spread,
        min(spend.credit) < 0 as is_credited,
        cast(sum(spend.amendment_count) as bigint) as amendment_count,
        max(spend.last_restated_at) as last_restated_at
    from spend
    inner join ruled on spend.tag_key = ruled.tag_key
    group by
        spend.spend_date, spend.ad_platform, spend.account_id, spend.campaign_id, spend.currency

)

select * from summed
