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

pages as (

    select * from {{ ref('stg_moovitamix__pages') }}

),

loads as (

    select * from {{ ref('stg_load_audit__loads') }}

),

id_reuses as (

    select * from {{ ref('fct_id_reuses') }}

),

-- an extraction of such a day is taken for one of the day on which it was loaded
dated as (

    select
        pages.extraction_id,
        pages.route,
        pages.load_date,
        {{ day_problem('pages.load_date', 'loads.started_date') }} as finding_kind
    from pages
    inner join loads on pages._load_id = loads._load_id

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

    union all

    select
        finding_kind,
        extraction_id as record_id,
        route as place,
        cast(load_date as string) as example,
        load_date as found_date
    from dated
    where finding_kind is not null
    group by all

)

select * from doubted
