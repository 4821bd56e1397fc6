with

movies__production_countries as (

    select * from {{ source('raw_tmdb', 'movies__production_countries') }}

),

renamed as (

    select
        -- ids
        movie_id,
        nullif(upper(trim(iso_3166_1)), '') as country_code,

        -- attributes
        nullif(trim(name), '') as country_name,

        -- loader
        _parent_row_id,
        _index,
        _load_id
    from movies__production_countries

)

select * from renamed
