with

held_observations as (

    select * from {{ source('load_audit', 'held_observations') }}

),

renamed as (

    select
        -- ids
        series_id,

        -- attributes
        {{ row_hash(['observed_date', 'value', 'linked_value']) }} as row_fingerprint,

        -- measures
        running_gain,
        running_value_days,
        running_breaks,
        running_observations,
        storage_place,

        -- flags
        is_outlier,

        -- dates
        observed_date
    from held_observations

)

select * from renamed
