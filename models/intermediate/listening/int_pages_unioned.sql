with

track_pages as (

    select * from {{ ref('stg_moovitamix__track_pages') }}

),

user_pages as (

    select * from {{ ref('stg_moovitamix__user_pages') }}

),

history_pages as (

    select * from {{ ref('stg_moovitamix__history_pages') }}

),

unioned as (

    select
        'tracks' as route,
        extraction_id,
        load_date,
        page_number,
        page_count,
        total_count,
        _row_id,
        _load_id
    from track_pages

    union all

    select
        'users' as route,
        extraction_id,
        load_date,
        page_number,
        page_count,
        total_count,
        _row_id,
        _load_id
    from user_pages

    union all

    select
        'listen_history' as route,
        extraction_id,
        load_date,
        page_number,
        page_count,
        total_count,
        _row_id,
        _load_id
    from history_pages

)

select * from unioned
