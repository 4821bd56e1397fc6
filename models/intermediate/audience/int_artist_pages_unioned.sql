with

audience_pages as (

    select * from {{ ref('stg_soundcharts__artist_audience_pages') }}

),

value_pages as (

    select * from {{ ref('stg_soundcharts__artist_value_pages') }}

),

score_pages as (

    select * from {{ ref('stg_soundcharts__artist_score_pages') }}

),

pages as (

    select
        _row_id,
        asked_uuid as artist_id,
        platform,
        document,
        subject_name,
        subject_image_url,
        extracted_date,
        _load_id
    from audience_pages

    union all

    select
        _row_id,
        asked_uuid as artist_id,
        platform,
        document,
        subject_name,
        subject_image_url,
        extracted_date,
        _load_id
    from value_pages

    union all

    select
        _row_id,
        asked_uuid as artist_id,
        'soundcharts' as platform,
        document,
        subject_name,
        subject_image_url,
        extracted_date,
        _load_id
    from score_pages

)

select * from pages
