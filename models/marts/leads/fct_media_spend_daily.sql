with

versions as (

    select * from {{ ref('int_leads_spend_resolved') }}

),

ruled as (

    select * from {{ ref('int_leads_tags_matched') }}

),

-- one row per day, campaign and currency
latest as (

    select
        spend_date,
        ad_platform,
        account_id,
        campaign_id,
        currency,
        max(campaign_name) filter (where is_latest) as campaign_name,
        max(tag_key) filter (where is_latest) as tag_key,
        max(impressions) filter (where is_latest) as impressions,
        max(clicks) filter (where is_latest) as clicks,
        max(platform_conversions) filter (where is_latest) as platform_conversions,
        max(spend) filter (where is_latest) as spend,
        max(credit) filter (where is_latest) as credit,
        max(spend) filter (where version_number = 1) as first_spend,
        bool_or(is_spread) filter (where is_latest) as is_spread,
        count(*) filter (where is_amended) as amendment_count,
        max(told_at) filter (where is_amended) as last_restated_at
    from versions
    group by spend_date, ad_platform, account_id, campaign_id, currency

),

described as (

    select
        latest.spend_date,
        latest.ad_platform,
        latest.account_id,
        latest.campaign_id,
        latest.currency,
        latest.campaign_name,
        ruled.channel_id,
        ruled.rule_id,
        latest.impressions,
        latest.clicks,
        latest.platform_conversions,
        latest.spend,
        latest.credit,
        latest.first_spend,
        latest.is_spread,
        latest.credit < 0 as is_credited,
        latest.amendment_count,
        latest.last_restated_at
    from latest
    inner join ruled on latest.tag_key = ruled.tag_key

)

select * from described
