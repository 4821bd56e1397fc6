with

call_attempts as (

    select * from {{ source('raw_leads', 'call_attempts') }}

),

renamed as (

    select
        -- ids
        call_id,
        nullif(trim(lead_id), '') as lead_id,

        -- attributes
        nullif(lower(trim(outcome)), '') as outcome,
        nullif(lower(trim(centre)), '') as centre,

        -- measures
        attempt_no as attempt_number,
        duration_s as duration_seconds,

        -- dates
        {{ utc_moment('called_at') }} as called_at,

        -- loader
        _row_id,
        _index,
        _file_id,
        _load_id
    from call_attempts

)

select * from renamed
