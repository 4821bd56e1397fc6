-- Whether all leads are made anew, and why; else only those that int_leads_touched lists.

-- a table: a plan that is made again while it is carried out may come out differently
{{ config(materialized='table') }}

with

changed as (

    select * from {{ ref('int_leads_rows_changed') }}
    where row_change <> 'kept'

),

taken_rows as (

    select * from {{ ref('stg_load_audit__taken_lead_rows') }}

),

plans as (

    select * from {{ ref('stg_load_audit__taken_plans') }}
    where model_name = 'int_leads_touched'

),

channels as (

    select * from {{ ref('channels') }}

),

rules as (

    select * from {{ ref('channel_rules') }}

),

changed_counted as (

    select count(*) as changed_count
    from changed

),

taken_counted as (

    select count(*) as taken_count
    from taken_rows

),

-- what decides of every lead, and is no raw row
settings as (

    select sum({{ row_hash(
        ['channel_id', 'channel', 'channel_group', 'is_paid', 'is_brand', 'ad_platform', 'display_order']
    ) }}) as settings_hash
    from channels

    union all

    select sum({{ row_hash([
        'rule_id', 'priority', 'source', 'medium', 'campaign', 'click_id', 'affiliate_id', 'channel_id'
    ]) }}) as settings_hash
    from rules

    union all

    select {{ row_hash([masked("'of persons'")]) }} as settings_hash

),

settings_counted as (

    select sum(settings_hash) as settings_fingerprint
    from settings

),

reasoned as (

    select
        plans.plan_id as previous_plan_id,
        settings_counted.settings_fingerprint,
        case
            when {{ is_asked_for_anew() }} then 'it was asked for'
            when taken_counted.taken_count = 0 or plans.plan_id is null
                then 'none were made before'
            when plans.code <> {{ leads_code() }} then 'the models they are made by have changed'
            when plans.settings_fingerprint <> settings_counted.settings_fingerprint
                then 'the channels, their rules or the key of persons have changed'
            -- to write the tables anew is cheaper than to change most of them
            when 3 * changed_counted.changed_count > taken_counted.taken_count
                then 'most of what they are made from has changed'
        end as whole_reason
    from settings_counted
    cross join changed_counted
    cross join taken_counted
    left join plans on true

),

planned as (

    select
        '{{ invocation_id }}' as plan_id,
        previous_plan_id,
        whole_reason is not null as is_whole,
        whole_reason,
        settings_fingerprint,
        -- of films alone
        cast(null as date) as settled_date
    from reasoned

)

select * from planned
