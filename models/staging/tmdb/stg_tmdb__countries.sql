with

countries as (

    select * from {{ source('raw_tmdb', 'countries') }}

),

renamed as (

    select
        -- ids
        nullif(upper(trim(iso_3166_1)), '') as country_code,

        -- attributes
        coalesce(nullif(trim(english_name), ''), nullif(trim(native_name), '')) as country_name,

        -- loader
        _row_id,
        _load_id
    from countries

)

select * from renamed
