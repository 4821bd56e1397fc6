-- A page says the same of itself whatever it lists, so pages of lists are one view.

with

pages as (

    select
        'identifiers' as listing,
        asked_document,
        asked_uuid,
        related_uuid,
        related_name,
        related_credit_name,
        related_image_url,
        asked_folder,
        _row_id,
        _load_id
    from {{ source('raw_soundcharts', 'identifier_pages') }}

    union all

    select
        'artist songs' as listing,
        asked_document,
        asked_uuid,
        related_uuid,
        related_name,
        related_credit_name,
        related_image_url,
        asked_folder,
        _row_id,
        _load_id
    from {{ source('raw_soundcharts', 'artist_song_pages') }}

    union all

    select
        'artist albums' as listing,
        asked_document,
        asked_uuid,
        related_uuid,
        related_name,
        related_credit_name,
        related_image_url,
        asked_folder,
        _row_id,
        _load_id
    from {{ source('raw_soundcharts', 'album_pages') }}

    union all

    select
        'album tracks' as listing,
        asked_document,
        asked_uuid,
        related_uuid,
        related_name,
        related_credit_name,
        related_image_url,
        asked_folder,
        _row_id,
        _load_id
    from {{ source('raw_soundcharts', 'album_track_pages') }}

    union all

    select
        'song playlists' as listing,
        asked_document,
        asked_uuid,
        related_uuid,
        related_name,
        related_credit_name,
        related_image_url,
        asked_folder,
        _row_id,
        _load_id
    from {{ source('raw_soundcharts', 'playlist_pages') }}

    union all

    select
        'song charts' as listing,
        asked_document,
        asked_uuid,
        related_uuid,
        related_name,
        related_credit_name,
        related_image_url,
        asked_folder,
        _row_id,
        _load_id
    from {{ source('raw_soundcharts', 'chart_pages') }}

),

renamed as (

    select
        listing,
        asked_document as document,
        coalesce(nullif(asked_uuid, ''), related_uuid) as asked_uuid,
        nullif(trim(related_name), '') as subject_name,
        nullif(trim(related_credit_name), '') as subject_credit,
        nullif(trim(related_image_url), '') as subject_image_url,
        try_cast(asked_folder as date) as extracted_date,
        _row_id,
        _load_id
    from pages

)

select * from renamed
