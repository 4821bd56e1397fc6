with

song_audience_pages as (

    select * from {{ source('raw_soundcharts', 'song_audience_pages') }}

),

renamed as (

    select
        -- ids
        asked_document as document,
        coalesce(nullif(asked_uuid, ''), related_uuid) as asked_uuid,
        {{ platform_code('asked_platform') }} as platform,

        -- attributes
        nullif(trim(related_name), '') as subject_name,
        nullif(trim(related_credit_name), '') as subject_credit,

        -- dates
        try_cast(asked_folder as date) as extracted_date,

        -- loader
        _row_id,
        _load_id
    from song_audience_pages

)

select * from renamed
