-- Ad platforms restate the last days: the newest file replaces, and what changed stays on record.

with

versions as (

    select * from {{ ref('int_leads_spend_resolved') }}

),

ruled as (

    select * from {{ ref('int_leads_tags_matched') }}

),

-- one row per channel, campaign and day whose amount a later file changed: from the first to the
-- last word
restated as (

    select
        'channel:' || max(ruled.channel_id) as subject_id,
        'leads:spend' as metric_id,
        versions.ad_platform || ' ' || versions.account_id || ' ' || versions.campaign_id
        || ' ' || versions.currency as counted,
        versions.spend_date as observed_date,
        max(versions.spend) filter (where versions.version_number = 1) as older_value,
        max(versions.spend) filter (where versions.is_latest) as newer_value,
        max(versions.told_at) filter (where versions.is_amended) as last_restated_at
    from versions
    inner join ruled on versions.tag_key = ruled.tag_key
    group by
        versions.ad_platform,
        versions.account_id,
        versions.campaign_id,
        versions.currency,
        versions.spend_date
    having bool_or(versions.is_amended)

)

select * from restated
