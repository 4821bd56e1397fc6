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
        {{ dbt.safe_cast("substr(won_at, 1, 10)", "date") }} as last_named_date,

        -- loader
        _row_id,
        _index,
        _file_id,
        _load_id,

        -- of what the raw row says, wherever it was read
        {{ row_hash(['_row_id', 'lead_id', 'won_at']) }} as raw_fingerprint
    from deals

)

select * from renamed
