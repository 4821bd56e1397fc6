-- One row per raw row: its hash, its lead, and what it shares with other leads. A file that repeats
-- a record changes the row's place, so the hash has only what the models use of it.

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

ordered as (

    select * from {{ ref('int_leads_rows_ordered') }}

),

loads as (

    select * from {{ ref('stg_load_audit__loads') }}

),

-- one row per raw row
unioned as (

    select
        raw_fingerprint,
        'lead' as row_kind,
        lead_id,
        cast(null as {{ dbt.type_string() }}) as call_id,
        {{ person_link('email_digest') }} as email_link,
        {{ person_link('phone_digest') }} as phone_link,
        last_named_date,
        _row_id,
        _load_id
    from leads

    union all

    select
        raw_fingerprint,
        'call' as row_kind,
        lead_id,
        call_id,
        null as email_link,
        null as phone_link,
        last_named_date,
        _row_id,
        _load_id
    from calls

    union all

    select
        raw_fingerprint,
        'touch' as row_kind,
        lead_id,
        null as call_id,
        null as email_link,
        null as phone_link,
        last_named_date,
        _row_id,
        _load_id
    from touches

    union all

    select
        raw_fingerprint,
        'deal' as row_kind,
        lead_id,
        null as call_id,
        null as email_link,
        null as phone_link,
        last_named_date,
        _row_id,
        _load_id
    from deals

),

-- a day after its load's own may be impossible; any other is possible by a later load, too
hashed as (

    select
        {{ row_hash([
            'unioned.raw_fingerprint', 'ordered.read_number',
            'case when unioned.last_named_date > loads.started_date then unioned._load_id end'
        ]) }} as raw_fingerprint,
        unioned.row_kind,
        unioned.lead_id,
        unioned.call_id,
        unioned.email_link,
        unioned.phone_link
    from unioned
    left join ordered on unioned._row_id = ordered._row_id and unioned.row_kind = ordered.row_kind
    left join loads on unioned._load_id = loads._load_id

)

select * from hashed
