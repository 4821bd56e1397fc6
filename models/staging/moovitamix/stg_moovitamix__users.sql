with

user_pages__items as (

    select * from {{ source('raw_moovitamix', 'user_pages__items') }}

),

renamed as (

    select
        -- ids
        coalesce(asked_load_date, asked_folder) as extraction_id,
        id as user_id,

        -- attributes
        nullif(trim(first_name), '') as first_name,
        nullif(trim(last_name), '') as last_name,
        lower(nullif(trim(email), '')) as email,
        nullif(trim(gender), '') as gender,
        nullif(trim(favorite_genres), '') as favorite_genres,

        -- dates: sent without a zone, they are UTC
        try_cast(coalesce(asked_load_date, asked_folder) as date) as load_date,
        try_cast(created_at as timestamp) as created_at,
        try_cast(updated_at as timestamp) as updated_at,

        -- loader
        page as page_number,
        _parent_row_id,
        _index,
        _load_id
    from user_pages__items

)

select * from renamed
