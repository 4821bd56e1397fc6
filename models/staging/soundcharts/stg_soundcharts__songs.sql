with

songs as (

    select * from {{ source('raw_soundcharts', 'songs') }}

),

renamed as (

    select
        -- ids
        coalesce(object_uuid, asked_uuid) as song_id,
        upper(
            nullif(
                replace(coalesce({{ json_text('object_isrc', 'value') }}, object_isrc), '-', ''),
                ''
            )
        ) as isrc,
        object_iswcs as iswcs,

        -- attributes
        nullif(trim(object_name), '') as title,
        nullif(trim(object_credit_name), '') as artist_credit,
        nullif(trim(object_label), '') as label_name,
        nullif(trim(object_copyright), '') as copyright_line,
        nullif(trim(object_distributor), '') as distributor,
        nullif(trim(object_language_code), '') as language_code,
        object_composers as composers,
        object_producers as producers,
        nullif(trim(object_image_url), '') as image_url,

        -- measures
        object_duration as duration_seconds,
        object_audio_acousticness as acousticness,
        object_audio_danceability as danceability,
        object_audio_energy as energy,
        object_audio_instrumentalness as instrumentalness,
        object_audio_liveness as liveness,
        object_audio_speechiness as speechiness,
        object_audio_valence as valence,
        object_audio_loudness as loudness_decibels,
        object_audio_tempo as tempo_bpm,
        object_audio_key as pitch_class,
        object_audio_mode as mode,
        object_audio_time_signature as beats_per_bar,

        -- flags
        object_explicit as is_explicit,

        -- dates
        {{ calendar_day('object_release_date') }} as release_date,
        try_cast(asked_folder as date) as extracted_date,

        -- loader
        _row_id,
        _index,
        _file_id,
        _load_id
    from songs

)

select * from renamed
