with

users as (

    select * from {{ ref('int_listening_users_resolved') }}

),

quarantined as (

    select * from {{ ref('fct_listening_refusals') }}

),

extractions as (

    select * from {{ ref('fct_listening_extractions') }}

),

id_reuses as (

    select * from {{ ref('fct_id_reuses') }}

),

doubted as (

    -- an address is personal data: no example
    select
        case when email_hash is null then 'email_missing' else 'email_invalid' end as finding_kind,
        'user ' || user_key as record_id,
        'users' as place,
        cast(null as string) as example,
        load_date as found_date
    from users
    where not coalesce(is_email_valid, false)

    union all

    select
        quarantine_reason as finding_kind,
        record_id,
        route as place,
        refused_value as example,
        load_date as found_date
    from quarantined

    union all

    select
        'extraction_incomplete' as finding_kind,
        extraction_id as record_id,
        route as place,
        cast(record_count as string) || ' of ' || cast(total_count as string) as example,
        load_date as found_date
    from extractions
    where not coalesce(is_complete, false)

    union all

    select
        'id_reused' as finding_kind,
        record_id,
        route as place,
        record_key as example,
        load_date as found_date
    from id_reuses

)

select * from doubted
