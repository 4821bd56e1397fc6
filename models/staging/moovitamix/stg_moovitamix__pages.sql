-- A page says the same of itself whatever it lists.

with

track_pages as (

    select * from {{ source('raw_moovitamix', 'track_pages') }}

),

user_pages as (

    select * from {{ source('raw_moovitamix', 'user_pages') }}

),

history_pages as (

    select * from {{ source('raw_moovitamix', 'history_pages') }}

),

pages as (

    select
        'tracks' as route,
        asked_load_date,
        asked_folder,
        page,
        pages,
        total,
        _row_id,
        _load_id
    from track_pages

    union all

    select
        'users' as route,
        asked_load_date,
        asked_folder,
        page,
        pages,
        total,
        _row_id,
        _load_id
    from user_pages

    union all

    select
        'listen_history' as route,
        asked_load_date,
        asked_folder,
        page,
        pages,
        total,
        _row_id,
        _load_id
    from history_pages

),

renamed as (

    select
        -- ids
        route,
        coalesce(asked_load_date, asked_folder) as extraction_id,

        -- measures
        page as page_number,
        pages as page_count,
        total as total_count,

        -- dates
        try_cast(coalesce(asked_load_date, asked_folder) as date) as load_date,

        -- loader
        _row_id,
        _load_id
    from pages

)

select * from renamed
