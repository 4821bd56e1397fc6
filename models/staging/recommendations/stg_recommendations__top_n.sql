with

top_n as (

    select * from {{ source('recommendations', 'top_n') }}

),

renamed as (

    select
        -- ids
        user_key,
        track_key,
        model_version,

        -- attributes
        reason,
        why,

        -- measures
        rank,
        recommended_score,

        -- dates
        scored_at,
        expires_at
    from top_n

)

select * from renamed
