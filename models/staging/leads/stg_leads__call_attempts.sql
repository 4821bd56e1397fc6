with

call_attempts as (

    select * from {{ source('raw_leads', 'call_attempts') }}

),

renamed as (

    select
        -- ids
        call_id,
        nullif({{ trimmed('lead_id') }}, '') as lead_id,

        -- attributes
        nullif(lower(trim(outcome)), '') as outcome,
        nullif(lower(trim(centre)), '') as centre,

        -- measures
        attempt_no as attempt_number,
        duration_s as duration_seconds,

        -- dates
        {{ utc_moment('called_at') }} as called_at,
        {{ dbt.safe_cast("substr(called_at, 1, 10)", "date") }} as last_named_date,

        -- loader
        _row_id,
        _index,
        _file_id,
        _load_id,

        -- of what the raw row says, wherever it was read
        {{ row_hash([
            '_row_id', 'call_id', 'lead_id', 'called_at', 'attempt_no', 'outcome', 'duration_s',
            'centre'
        ]) }} as raw_fingerprint
    from call_attempts

)

select * from renamed
