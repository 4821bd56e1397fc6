-- One row per raw row, with its lead and two hashes: of its values, and of these and its position.

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

loads as (

    select * from {{ ref('stg_load_audit__loads') }}

),

unioned as (

    select
        raw_fingerprint as content_fingerprint,
        'lead' as row_kind,
        lead_id,
        cast(null as {{ dbt.type_string() }}) as call_id,
        {{ person_link('email_digest') }} as email_link,
        {{ person_link('phone_digest') }} as phone_link,
        last_named_date,
        _row_id,
        _index,
        _file_id,
        _load_id
    from leads

    union all

    select
        raw_fingerprint as content_fingerprint,
        'call' as row_kind,
        lead_id,
        call_id,
        null as email_link,
        null as phone_link,
        last_named_date,
        _row_id,
        _index,
        _file_id,
        _load_id
    from calls

    union all

    select
        raw_fingerprint as content_fingerprint,
        'touch' as row_kind,
        lead_id,
        null as call_id,
        null as email_link,
        null as phone_link,
        last_named_date,
        _row_id,
        _index,
        _file_id,
        _load_id
    from touches

    union all

    select
        raw_fingerprint as content_fingerprint,
        'deal' as row_kind,
        lead_id,
        null as call_id,
        null as email_link,
        null as phone_link,
        last_named_date,
        _row_id,
        _index,
        _file_id,
        _load_id
    from deals

),

-- a day after its load's own may be impossible; any other is possible by a later load, too
hashed as (

    select
        unioned.*,
        case unioned.row_kind when 'lead' then unioned.lead_id else unioned.call_id end as sent_id,
        {{ row_hash([
            'unioned.content_fingerprint',
            'case when unioned.last_named_date > loads.started_date then unioned._load_id end'
        ]) }} as raw_fingerprint,
        {{ row_hash([
            'unioned.content_fingerprint', 'unioned.email_link', 'unioned.phone_link',
            'unioned._file_id', 'unioned._index'
        ]) }} as place_fingerprint
    from unioned
    left join loads on unioned._load_id = loads._load_id

)

select * from hashed
