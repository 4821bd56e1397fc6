with

deals as (

    select * from {{ source('raw_leads', 'deals') }}

),

renamed as (

    select
        -- ids
        lead_id,

        -- dates
        {{ utc_moment('won_at') }} as won_at,

        -- loader
        _row_id,
        _index,
        _file_id,
        _load_id,

        -- of the raw row, all columns
        {{ row_hash([
            '_row_id', 'lead_id', 'won_at', '_index', '_file_id', '_load_id'
        ]) }} as raw_fingerprint
    from deals

)

select * from renamed
