with

model_versions as (

    select * from {{ source('recommendations', 'model_versions') }}

),

renamed as (

    select
        -- ids
        model_version,
        load_id,

        -- attributes
        model,
        settings,
        data_digest,
        file_name,
        file_digest,

        -- measures
        seed,
        learned_user_count,
        learned_track_count,
        interaction_count,

        -- dates
        trained_at,
        learned_from_date,
        learned_to_date
    from model_versions

)

select * from renamed
