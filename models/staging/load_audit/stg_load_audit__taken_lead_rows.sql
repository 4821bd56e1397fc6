with

taken_lead_rows as (

    select * from {{ source('load_audit', 'taken_lead_rows') }}

),

renamed as (

    select
        raw_fingerprint,
        place_fingerprint,
        row_kind,
        lead_id,
        call_id,
        email_link,
        phone_link,
        _load_id
    from taken_lead_rows

)

select * from renamed
