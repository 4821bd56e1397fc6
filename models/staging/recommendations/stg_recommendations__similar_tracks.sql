with

similar_tracks as (

    select * from {{ source('recommendations', 'similar_tracks') }}

),

renamed as (

    select
        -- ids
        track_key,
        similar_track_key,
        model_version,

        -- attributes
        reason,

        -- measures
        rank,
        similarity_ratio,

        -- dates
        scored_at,
        expires_at
    from similar_tracks

)

select * from renamed
