-- What each rule decided, and how much no rule decided: a rule without a lead and a source
-- without a rule are both rows here.

with

rules as (

    select * from {{ ref('int_leads_rules_unioned') }}

),

leads as (

    select * from {{ ref('fct_leads') }}

),

counted as (

    select
        rule_id,
        count(*) as lead_count,
        count(*) filter (where is_validated) as validated_count,
        sum(count(*)) over () as all_count
    from leads
    group by rule_id

),

-- one row per rule, and one for what none fits
described as (

    select
        rules.rule_id,
        rules.priority,
        rules.channel_id,
        coalesce(counted.lead_count, 0) as lead_count,
        coalesce(counted.validated_count, 0) as validated_count,
        coalesce(counted.lead_count / counted.all_count, 0) as lead_ratio,
        rules.rule_id = '(none)'
        and coalesce(counted.lead_count / counted.all_count, 0)
        > {{ var('leads_unassigned_limit') }} as is_over_limit
    from rules
    left join counted on rules.rule_id = counted.rule_id

)

select * from described
