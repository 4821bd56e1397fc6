with

rules as (

    select * from {{ ref('channel_rules') }}

),

-- one row per rule, and one for what none fits
listed as (

    select
        rule_id,
        priority,
        channel_id
    from rules

    union all

    select
        '(none)' as rule_id,
        cast(null as integer) as priority,
        'unassigned' as channel_id

)

select * from listed
