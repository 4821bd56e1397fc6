-- Of every raw row that a lead or a call is made from: its hash, whom it is about, and what it has
-- in common with other rows of the same person.

with

leads as (

    select * from {{ ref('stg_leads__leads') }}

),

calls as (

    select * from {{ ref('stg_leads__call_attempts') }}

),

touches as (

    select * from {{ ref('stg_leads__touches') }}

),

deals as (

    select * from {{ ref('stg_leads__deals') }}

),

-- one row per raw row
hashed as (

    select
        raw_fingerprint,
        'lead' as row_kind,
        lead_id,
        cast(null as {{ dbt.type_string() }}) as call_id,
        {{ person_link('email_digest') }} as email_link,
        {{ person_link('phone_digest') }} as phone_link
    from leads

    union all

    select
        raw_fingerprint,
        'call' as row_kind,
        lead_id,
        call_id,
        null as email_link,
        null as phone_link
    from calls

    union all

    select
        raw_fingerprint,
        'touch' as row_kind,
        lead_id,
        null as call_id,
        null as email_link,
        null as phone_link
    from touches

    union all

    select
        raw_fingerprint,
        'deal' as row_kind,
        lead_id,
        null as call_id,
        null as email_link,
        null as phone_link
    from deals

)

select * from hashed
