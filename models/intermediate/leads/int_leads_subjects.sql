-- Channels, and the groups that they add up to: a group is a subject too.

with

channels as (

    select * from {{ ref('dim_channels') }}

),

groups as (

    select * from {{ ref('int_leads_channel_groups_unioned') }}

),

subjects as (

    select
        subject_id,
        'channel' as subject_type,
        channel as name,
        cast(null as date) as began_on
    from channels

    union all

    select
        group_id as subject_id,
        group_type as subject_type,
        group_name as name,
        cast(null as date) as began_on
    from groups
    group by group_id, group_type, group_name

)

select * from subjects
