-- What a channel belongs to: its group, whether it is paid for, whether it is for the advertiser's
-- own name, and the platform that sells it.

with

channels as (

    select * from {{ ref('channels') }}

),

grouped as (

    select
        channel_id,
        'channel_group' as group_type,
        'channel_group:' || replace(lower(channel_group), ' ', '_') as group_id,
        channel_group as group_name
    from channels

    union all

    select
        channel_id,
        'payment' as group_type,
        case when is_paid then 'payment:paid' else 'payment:organic' end as group_id,
        case when is_paid then 'Paid' else 'Organic' end as group_name
    from channels
    where is_paid is not null

    union all

    select
        channel_id,
        'brand' as group_type,
        case when is_brand then 'brand:brand' else 'brand:generic' end as group_id,
        case when is_brand then 'Brand' else 'Generic' end as group_name
    from channels
    where is_brand is not null

    union all

    select
        channel_id,
        'ad_platform' as group_type,
        'ad_platform:' || ad_platform as group_id,
        ad_platform as group_name
    from channels
    where ad_platform is not null

)

select * from grouped
