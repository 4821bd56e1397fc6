-- Followers, values and scores of an artist come on pages of three shapes that say the same of the
-- artist.

with

artist_audience_pages as (

    select * from {{ source('raw_soundcharts', 'artist_audience_pages') }}

),

artist_value_pages as (

    select * from {{ source('raw_soundcharts', 'artist_value_pages') }}

),

artist_score_pages as (

    select
        *,
        -- a list of one artist as a rule
        {{ replace_all('related', '^ *\\[ *|\\] *$', '') }} as related_artist
    from {{ source('raw_soundcharts', 'artist_score_pages') }}

),

pages as (

    select
        asked_document,
        coalesce(nullif(asked_uuid, ''), related_artist_uuid) as asked_uuid,
        coalesce(asked_platform, related_platform) as platform,
        related_artist_name as subject_name,
        related_artist_image_url as subject_image_url,
        asked_folder,
        _row_id,
        _load_id
    from artist_audience_pages

    union all

    select
        asked_document,
        coalesce(nullif(asked_uuid, ''), related_artist_uuid) as asked_uuid,
        coalesce(asked_platform, related_platform) as platform,
        related_artist_name as subject_name,
        related_artist_image_url as subject_image_url,
        asked_folder,
        _row_id,
        _load_id
    from artist_value_pages

    union all

    -- scores are Soundcharts' own
    select
        asked_document,
        nullif(trim(asked_uuid), '') as asked_uuid,
        'soundcharts' as platform,
        {{ json_text('related_artist', 'name') }} as subject_name,
        {{ json_text('related_artist', 'imageUrl') }} as subject_image_url,
        asked_folder,
        _row_id,
        _load_id
    from artist_score_pages

),

renamed as (

    select
        -- ids
        asked_document as document,
        asked_uuid as artist_id,
        {{ platform_code('platform') }} as platform,

        -- attributes
        nullif(trim(subject_name), '') as subject_name,
        nullif(trim(subject_image_url), '') as subject_image_url,

        -- dates
        try_cast(asked_folder as date) as extracted_date,

        -- loader
        _row_id,
        _load_id
    from pages

)

select * from renamed
