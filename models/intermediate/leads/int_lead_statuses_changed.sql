-- Versions that come in another order than they were made in are put in theirs.

with

leads as (

    select * from {{ ref('stg_leads__leads') }}

),

versions as (

    select
        lead_id,
        lead_status,
        rejection_reason,
        coalesce(last_changed_at, created_at) as changed_at,
        lag(lead_status) over in_time as previous_status,
        lag(rejection_reason) over in_time as previous_reason,
        row_number() over in_time as version_number
    from leads
    window in_time as (
        partition by lead_id
        order by last_changed_at nulls first, _load_id, _file_id, _index
    )

),

-- one row per lead and status that it came to have
changed as (

    select
        lead_id,
        row_number() over (partition by lead_id order by version_number) as status_number,
        lead_status,
        rejection_reason,
        previous_status,
        changed_at
    from versions
    where
        version_number = 1
        or lead_status is distinct from previous_status
        or rejection_reason is distinct from previous_reason

)

select * from changed
