-- Some spend is known by the week or by the month only: it is spread evenly over the days. Lines of
-- one file add up, whatever period they are of.

with

told as (

    select * from {{ ref('int_leads_spend_aggregated') }}

),

numbers as (

    select * from {{ ref('int_leads_numbers_joined') }}

),

bounded as (

    select
        *,
        case
            when spend_period like '____-W__' then 7
            when length(spend_period) = 7 then day(last_day(period_begin_date))
            else 1
        end as day_count
    from told
    where set_aside_reason is null

),

-- one row per file, campaign, currency and day
spread as (

    select
        bounded._file_id,
        bounded.ad_platform,
        bounded.account_id,
        bounded.campaign_id,
        bounded.currency,
        cast({{ dbt.dateadd('day', 'numbers.number', 'bounded.period_begin_date') }} as date)
            as spend_date,
        max(bounded.campaign_name) as campaign_name,
        max(bounded.tag_key) as tag_key,
        sum(bounded.impression_count / bounded.day_count) as impressions,
        sum(bounded.click_count / bounded.day_count) as clicks,
        sum(bounded.platform_conversion_count / bounded.day_count) as platform_conversions,
        sum(bounded.spend / bounded.day_count) as spend,
        sum(bounded.credit / bounded.day_count) as credit,
        bool_or(bounded.day_count > 1) as is_spread,
        max(bounded.told_at) as told_at
    from bounded
    inner join numbers on bounded.day_count > numbers.number
    group by all

)

select * from spread
