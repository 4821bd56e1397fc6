-- The first rule that fits decides, by its priority; a condition that a rule leaves blank fits
-- anything. Tags that no rule fits are unassigned: nothing is guessed.

-- a table: the rules are tried once, not for every lead
{{ config(materialized='table') }}

with

leads as (

    select * from {{ ref('int_leads_latest') }}

),

touches as (

    select * from {{ ref('int_leads_touches_found') }}

),

spend as (

    select * from {{ ref('int_leads_spend_aggregated') }}

),

rules as (

    select * from {{ ref('channel_rules') }}

),

-- one row per combination of tags
tags as (

    select tag_key
    from leads

    union distinct

    select tag_key
    from touches

    union distinct

    select tag_key
    from spend

),

parted as (

    select
        tag_key,
        split_part(tag_key, '|', 1) as utm_source,
        split_part(tag_key, '|', 2) as utm_medium,
        split_part(tag_key, '|', 3) as utm_campaign,
        split_part(tag_key, '|', 4) as click_kind,
        split_part(tag_key, '|', 5) as affiliate
    from tags

),

fitting as (

    select
        parted.tag_key,
        rules.rule_id,
        rules.channel_id,
        row_number() over (
            partition by parted.tag_key order by rules.priority, rules.rule_id
        ) as place
    from parted
    inner join rules
        on
            (rules.source is null or {{ full_match('parted.utm_source', 'rules.source') }})
            and (rules.medium is null or {{ full_match('parted.utm_medium', 'rules.medium') }})
            and (
                rules.campaign is null
                or {{ full_match('parted.utm_campaign', 'rules.campaign') }}
            )
            and (rules.click_id is null or {{ full_match('parted.click_kind', 'rules.click_id') }})
            and (
                rules.affiliate_id is null
                or {{ full_match('parted.affiliate', 'rules.affiliate_id') }}
            )

),

ruled as (

    select
        tags.tag_key,
        coalesce(fitting.rule_id, '(none)') as rule_id,
        coalesce(fitting.channel_id, 'unassigned') as channel_id
    from tags
    left join fitting on tags.tag_key = fitting.tag_key and fitting.place = 1

)

select * from ruled
