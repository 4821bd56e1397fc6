with

playlist_effects as (

    select * from {{ source('estimates', 'playlist_effects') }}

),

renamed as (

    select
        -- ids
        metric_id,
        playlist_id,
        song_id,

        -- attributes
        scope,
        platform,
        playlist_type,
        effect_kind,
        status,
        certainty,

        -- measures
        effect_ratio,
        low_ratio,
        high_ratio,
        weekly_value,
        trend_ratio,
        trend_chance_ratio,
        effect_song_count,
        control_count,
        effect_week_count,

        -- dates
        entry_date,
        exit_date,
        estimated_at
    from playlist_effects

)

select * from renamed
