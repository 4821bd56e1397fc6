-- A moment of a day that cannot be says nothing, and is a finding: one to come would make its
-- version the latest for ever, and one of the year 1 a calendar of two thousand years.

with

leads as (

    select * from {{ ref('stg_leads__leads') }}

),

loads as (

    select * from {{ ref('stg_load_audit__loads') }}

),

judged as (

    select
        leads.*,
        {{ day_problem('cast(leads.created_at as date)', 'loads.started_date') }}
            as created_problem,
        {{ day_problem('cast(leads.last_changed_at as date)', 'loads.started_date') }}
            as changed_problem,
        {{ day_problem('cast(leads.validated_at as date)', 'loads.started_date') }}
            as validated_problem
    from leads
    left join loads on leads._load_id = loads._load_id

),

dated as (

    select
        lead_id,
        lead_status,
        rejection_reason,
        case when created_problem is null then created_at end as created_at,
        case when changed_problem is null then last_changed_at end as last_changed_at,
        case when validated_problem is null then validated_at end as validated_at,
        _row_id,
        _index,
        _file_id,
        _load_id
    from judged

)

select * from dated
