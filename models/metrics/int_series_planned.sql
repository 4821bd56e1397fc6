-- The plan of what is read off the facts: it takes up the judgement that int_judging_planned tells
-- of, if it took up the one before.

with

planned as (

    select * from {{ ref('int_judging_planned') }}

),

judgements as (

    select * from {{ ref('stg_load_audit__judgements') }}

),

identified as (

    select
        planned.judged_at,
        planned.is_whole,
        max(judgements.judged_at) as previously_judged_at
    from planned
    left join judgements on planned.judged_at > judgements.judged_at
    group by planned.judged_at, planned.is_whole

),

plans as (

    select
        cast(judged_at as {{ dbt.type_string() }}) as plan_id,
        cast(previously_judged_at as {{ dbt.type_string() }}) as previous_plan_id,
        is_whole,
        -- nothing but observations and code decides
        cast(0 as hugeint) as settings_fingerprint,
        cast(null as date) as settled_date
    from identified

)

select * from plans
