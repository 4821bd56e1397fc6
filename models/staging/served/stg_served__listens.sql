with

listens as (

    select * from {{ source('raw_served', 'listens') }}

),

renamed as (

    select
        -- ids
        event_id,
        user_key,
        track_key,

        -- dates
        try_cast(listened_at as timestamp) as heard_at,

        -- loader
        _row_id,
        _file_id,
        _load_id
    from listens

)

select * from renamed
