with

credit_pages as (

    select * from {{ source('raw_tmdb', 'credit_pages') }}

),

renamed as (

    select
        -- ids
        movie_id,

        -- dates
        coalesce(
            try_cast(asked_load_date as date),
            try_cast(asked_day as date),
            try_cast(asked_folder as date)
        ) as snapshot_date,

        -- loader
        _row_id,
        _load_id
    from credit_pages

)

select * from renamed
