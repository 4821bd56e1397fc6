-- The source writes 0 for an amount or a length that it does not know, and a blank for a text.

with

movies as (

    select * from {{ source('raw_tmdb', 'movies') }}

),

renamed as (

    select
        -- ids
        movie_id,
        nullif(trim(imdb_id), '') as imdb_id,
        belongs_to_collection_id as collection_id,

        -- attributes
        nullif(trim(title), '') as title,
        nullif(trim(original_title), '') as original_title,
        nullif(trim(original_language), '') as original_language_code,
        nullif(trim(status), '') as film_status,
        nullif(trim(homepage), '') as homepage,
        nullif(trim(belongs_to_collection_name), '') as collection_name,

        -- measures
        popularity,
        vote_average,
        vote_count,
        nullif(budget, 0) as budget_usd,
        nullif(revenue, 0) as revenue_usd,
        nullif(runtime, 0) as runtime_minutes,

        -- flags
        adult as is_adult,
        video as is_video,

        -- dates
        {{ calendar_day('release_date') }} as release_date,
        coalesce(
            try_cast(asked_load_date as date),
            try_cast(asked_day as date),
            try_cast(asked_folder as date)
        ) as snapshot_date,

        -- loader
        _row_id,
        _load_id
    from movies

)

select * from renamed
