-- The order in which the versions of a lead or call were read. What was sent once needs none.

with

leads as (

    select * from {{ ref('stg_leads__leads') }}

),

calls as (

    select * from {{ ref('stg_leads__call_attempts') }}

),

resent_leads as (

    select lead_id
    from leads
    group by lead_id
    having count(*) > 1

),

resent_calls as (

    select call_id
    from calls
    group by call_id
    having count(*) > 1

),

-- one row per version of what was sent more than once
ordered as (

    select
        'lead' as row_kind,
        leads._row_id,
        row_number() over (
            partition by leads.lead_id order by leads._load_id, leads._file_id, leads._index
        ) as read_number
    from leads
    inner join resent_leads on leads.lead_id = resent_leads.lead_id

    union all

    select
        'call' as row_kind,
        calls._row_id,
        row_number() over (
            partition by calls.call_id order by calls._load_id, calls._file_id, calls._index
        ) as read_number
    from calls
    inner join resent_calls on calls.call_id = resent_calls.call_id

)

select * from ordered
