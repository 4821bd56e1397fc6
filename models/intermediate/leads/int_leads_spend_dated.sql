-- Some spend is known by the week or by the month only: it is spread evenly over the days. The file
-- that was read last speaks for a campaign and spend_period; earlier ones are its history.

with

versions as (

    select * from {{ ref('int_leads_spend_resolved') }}

),

numbers as (

    select * from {{ ref('int_leads_numbers_joined') }}

),

-- one row per campaign, spend_period and currency
latest as (

    select
        ad_platform,
        account_id,
        campaign_id,
        spend_period,
        currency,
        max(campaign_name) filter (where is_latest) as campaign_name,
        max(tag_key) filter (where is_latest) as tag_key,
        max(impression_count) filter (where is_latest) as impression_count,
        max(click_count) filter (where is_latest) as click_count,
        max(platform_conversion_count) filter (where is_latest) as platform_conversion_count,
        max(spend) filter (where is_latest) as spend,
        max(credit) filter (where is_latest) as credit,
        max(spend) filter (where version_number = 1) as first_spend,
        count(*) filter (where is_amended) as amendment_count,
        max(told_at) filter (where is_amended) as last_restated_at
    from versions
    group by all

),

dated as (

    select
        *,
        case
            when spend_period like '____-W__' then cast({{ dbt.dateadd(
                'day',
                "7 * (cast(substr(spend_period, 7, 2) as integer) - 1)",
                dbt.date_trunc('week', "cast(substr(spend_period, 1, 4) || '-01-04' as date)")
            ) }} as date)
            when length(spend_period) = 7 then cast(spend_period || '-01' as date)
            else cast(substr(spend_period, 1, 10) as date)
        end as from_date
    from latest

),

bounded as (

    select
        *,
        case
            when spend_period like '____-W__' then 7
            when length(spend_period) = 7 then day(last_day(from_date))
            else 1
        end as day_count
    from dated

),

-- one row per campaign, spend_period, currency and day
spread as (

    select
        bounded.ad_platform,
        bounded.account_id,
        bounded.campaign_id,
        bounded.campaign_name,
        bounded.tag_key,
        bounded.spend_period,
        bounded.currency,
        cast({{ dbt.dateadd('day', 'numbers.number', 'bounded.from_date') }} as date)
            as spend_date,
        bounded.impression_count / bounded.day_count as impressions,
        bounded.click_count / bounded.day_count as clicks,
        bounded.platform_conversion_count / bounded.day_count as platform_conversions,
        bounded.spend / bounded.day_count as spend,
        bounded.credit / bounded.day_count as credit,
        bounded.first_spend / bounded.day_count as first_spend,
        bounded.day_count > 1 as is_spread,
        bounded.amendment_count,
        bounded.last_restated_at
    from bounded
    inner join numbers on bounded.day_count > numbers.number

)

select * from spread
