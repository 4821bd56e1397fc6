with

artist_score_pages as (

    select * from {{ source('raw_soundcharts', 'artist_score_pages') }}

),

-- a list of one artist as a rule
told as (

    select
        *,
        {{ replace_all('related', '^ *[[] *|[]] *$', '') }} as related_artist
    from artist_score_pages

),

renamed as (

    select
        -- ids
        asked_document as document,
        nullif(trim(asked_uuid), '') as asked_uuid,
        {{ platform_code('asked_platform') }} as platform,

        -- attributes
        nullif(trim({{ json_text('related_artist', 'name') }}), '') as subject_name,
        nullif(trim({{ json_text('related_artist', 'imageUrl') }}), '') as subject_image_url,
        cast(asked_page as integer) as page_number,

        -- dates
        try_cast(asked_from as date) as window_from_date,
        try_cast(asked_to as date) as window_to_date,
        try_cast(asked_folder as date) as extracted_date,

        -- loader
        _row_id,
        _index,
        _file_id,
        _load_id
    from told

)

select * from renamed
