with

artists as (

    select * from {{ source('raw_soundcharts', 'artists') }}

),

renamed as (

    select
        -- ids
        coalesce(object_uuid, asked_uuid) as artist_id,
        nullif(trim(object_isni), '') as isni,
        nullif(trim(object_ipi), '') as ipi,

        -- attributes
        nullif(trim(object_slug), '') as slug,
        nullif(trim(object_name), '') as artist_name,
        nullif(trim(object_country_code), '') as country_code,
        nullif(trim(object_city_name), '') as city_name,
        nullif(trim(object_type), '') as artist_type,
        nullif(trim(object_career_stage), '') as career_stage,
        nullif(trim(object_growth_level), '') as growth_level,
        nullif(trim(object_image_url), '') as image_url,
        nullif(trim(object_app_url), '') as app_url,

        -- dates
        try_cast(asked_folder as date) as extracted_date,

        -- loader
        _row_id,
        _index,
        _file_id,
        _load_id
    from artists

)

select * from renamed
