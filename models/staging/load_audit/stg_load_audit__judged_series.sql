with

judged_series as (

    select * from {{ source('load_audit', 'judged_series') }}

),

renamed as (

    select
        -- ids
        series_id,

        -- attributes
        fingerprint,
        rules_fingerprint,

        -- measures
        observation_count,

        -- dates
        first_date,
        last_date
    from judged_series

)

select * from renamed
