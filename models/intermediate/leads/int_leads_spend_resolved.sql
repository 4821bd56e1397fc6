with

told as (

    select * from {{ ref('int_leads_spend_aggregated') }}

),

-- one row per campaign, spend_period, currency and file that speaks of it
versions as (

    select
        *,
        lag(spend) over in_time as previous_spend,
        row_number() over in_time as version_number,
        lead(_file_id) over in_time is null as is_latest
    from told
    window in_time as (
        partition by ad_platform, account_id, campaign_id, spend_period, currency order by _file_id
    )

),

compared as (

    select
        *,
        coalesce(spend <> previous_spend, false) as is_amended
    from versions

)

select * from compared
