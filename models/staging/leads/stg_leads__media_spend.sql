with

media_spend as (

    select * from {{ source('raw_leads', 'media_spend') }}

),

renamed as (

    select
        -- ids
        lower(trim(platform)) as ad_platform,
        coalesce(trim(account_id), '') as account_id,
        coalesce(trim(campaign_id), '') as campaign_id,

        -- attributes
        date as spend_period,
        nullif(trim(campaign_name), '') as campaign_name,
        upper(nullif(trim(currency), '')) as currency,

        -- measures
        impressions as impression_count,
        clicks as click_count,
        spend as amount,
        platform_conversions as platform_conversion_count,

        -- loader
        _row_id,
        _index,
        _file_id,
        _load_id
    from media_spend

)

select * from renamed
