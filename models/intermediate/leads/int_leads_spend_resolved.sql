-- The file that was read last speaks for a campaign and day, by whatever period it tells; earlier
-- ones are its history.

with

told as (

    select * from {{ ref('int_leads_spend_dated') }}

),

-- one row per campaign, currency, day and file that speaks of it
versions as (

    select
        *,
        lag(spend) over in_time as previous_spend,
        row_number() over in_time as version_number,
        lead(_file_id) over in_time is null as is_latest
    from told
    window in_time as (
        partition by ad_platform, account_id, campaign_id, currency, spend_date order by _file_id
    )

),

-- parts of a month are compared to half a cent
compared as (

    select
        *,
        coalesce(abs(spend - previous_spend) > 0.005, false) as is_amended
    from versions

)

select * from compared
