with

movie_lists__results as (

    select * from {{ source('raw_tmdb', 'movie_lists__results') }}

),

renamed as (

    select
        -- ids
        id as movie_id,
        coalesce(nullif(asked_list, ''), 'unnamed') as film_list,

        -- attributes
        nullif(trim(title), '') as title,
        nullif(trim(original_title), '') as original_title,
        nullif(trim(original_language), '') as original_language_code,
        genre_ids,
        backdrop_path,

        -- measures
        popularity,
        vote_average,
        vote_count,

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
        page as page_number,
        _parent_row_id,
        _index,
        _load_id
    from movie_lists__results

)

select * from renamed
