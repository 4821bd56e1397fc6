with

movies__production_companies as (

    select * from {{ source('raw_tmdb', 'movies__production_companies') }}

),

renamed as (

    select
        -- ids
        movie_id,
        id as company_id,

        -- attributes
        nullif(trim(name), '') as company_name,
        nullif(upper(trim(origin_country)), '') as country_code,

        -- loader
        _parent_row_id,
        _index,
        _load_id
    from movies__production_companies

)

select * from renamed
