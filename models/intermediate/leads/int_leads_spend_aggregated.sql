-- What each file says of a campaign and a day, week or month. Lines of one file add up, so that a
-- credit is taken off; two files that speak of the same are two versions of it.

-- a table: read by spend, by its restatements and by the rules
{{ config(materialized='table') }}

with

media_spend as (

    select * from {{ ref('stg_leads__media_spend') }}

),

file_records as (

    select * from {{ ref('stg_load_audit__file_records') }}

),

files as (

    select * from {{ ref('stg_load_audit__files') }}

),

loads as (

    select * from {{ ref('stg_load_audit__loads') }}

),

-- a record that several files hold is one raw row; its place among the versions is that of each
-- file, and so is when it was told
told as (

    select
        file_records._file_id,
        files._load_id,
        media_spend.ad_platform,
        media_spend.account_id,
        coalesce(nullif(media_spend.campaign_id, ''), media_spend.campaign_name, '') as campaign_id,
        media_spend.campaign_name,
        media_spend.spend_period,
        coalesce(media_spend.currency, '{{ var("leads_currency") }}') as currency,
        media_spend.impression_count,
        media_spend.click_count,
        media_spend.amount as spend,
        media_spend.platform_conversion_count
    from media_spend
    inner join file_records on media_spend._row_id = file_records._row_id
    inner join files on file_records._file_id = files._file_id

),

-- one row per file, campaign, spend_period and currency
summed as (

    select
        _file_id,
        ad_platform,
        account_id,
        campaign_id,
        max(campaign_name) as campaign_name,
        spend_period,
        currency,
        max(_load_id) as _load_id,
        cast(sum(impression_count) as bigint) as impression_count,
        cast(sum(click_count) as bigint) as click_count,
        cast(sum(spend) as double) as spend,
        cast(coalesce(sum(spend) filter (where spend < 0), 0) as double) as credit,
        cast(sum(platform_conversion_count) as bigint) as platform_conversion_count
    from told
    group by _file_id, ad_platform, account_id, campaign_id, spend_period, currency

),

-- a week and a month begin on their first day
begun as (

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
        end as period_begin_date
    from summed

),

tagged as (

    select
        begun.*,
        {{ day_problem('begun.period_begin_date', 'loads.started_date') }} as set_aside_reason,
        loads.started_at as told_at,
        {{ tag_text('begun.ad_platform') }} || '||'
        || {{ tag_text('begun.campaign_name') }} || '||' as tag_key
    from begun
    left join loads on begun._load_id = loads._load_id

)

select * from tagged
