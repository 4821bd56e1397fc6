with

channels as (

    select * from {{ ref('dim_channels') }}

),

groups as (

    select * from {{ ref('int_leads_channel_groups_unioned') }}

),

-- one row per channel and group
memberships as (

    select
        channels.subject_id,
        groups.group_id,
        groups.group_type,
        cast(1 as double) as weight,
        true as counts
    from channels
    inner join groups on channels.channel_id = groups.channel_id

)

select * from memberships
