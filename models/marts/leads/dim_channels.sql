with

channels as (

    select * from {{ ref('int_leads_channels_found') }}

),

described as (

    select
        channel_id,
        'channel:' || channel_id as subject_id,
        channel,
        channel_group,
        is_paid,
        is_brand,
        ad_platform,
        display_order
    from channels

)

select * from described
