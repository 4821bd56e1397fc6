with

movie_ids as (

    select * from {{ source('raw_tmdb', 'movie_ids') }}

),

renamed as (

    select
        -- ids
        id as movie_id,

        -- attributes
        nullif(trim(original_title), '') as original_title,

        -- measures
        popularity,

        -- flags
        adult as is_adult,
        video as is_video,

        -- dates
        coalesce(
            try_cast(asked_load_date as date),
            try_cast(asked_day as date),
            try_cast(asked_folder as date)
        ) as snapshot_date,

        -- loader
        _row_id,
        _load_id
    from movie_ids

)

select * from renamed
