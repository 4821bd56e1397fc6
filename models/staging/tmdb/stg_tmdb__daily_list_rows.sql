-- Six lists of one shape, each a table of the file that holds them.

with

daily_lists__trending_day as (

    select * from {{ source('raw_tmdb', 'daily_lists__trending_day') }}

),

daily_lists__trending_week as (

    select * from {{ source('raw_tmdb', 'daily_lists__trending_week') }}

),

daily_lists__popular as (

    select * from {{ source('raw_tmdb', 'daily_lists__popular') }}

),

daily_lists__top_rated as (

    select * from {{ source('raw_tmdb', 'daily_lists__top_rated') }}

),

daily_lists__now_playing as (

    select * from {{ source('raw_tmdb', 'daily_lists__now_playing') }}

),

daily_lists__upcoming as (

    select * from {{ source('raw_tmdb', 'daily_lists__upcoming') }}

),

listed as (

    select
        'trending_day' as film_list,
        *
    from daily_lists__trending_day

    union all

    select
        'trending_week' as film_list,
        *
    from daily_lists__trending_week

    union all

    select
        'popular' as film_list,
        *
    from daily_lists__popular

    union all

    select
        'top_rated' as film_list,
        *
    from daily_lists__top_rated

    union all

    select
        'now_playing' as film_list,
        *
    from daily_lists__now_playing

    union all

    select
        'upcoming' as film_list,
        *
    from daily_lists__upcoming

),

renamed as (

    select
        -- ids
        id as movie_id,
        film_list,

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
        try_cast(substr(generated_at, 1, 10) as date) as snapshot_date,

        -- loader
        _parent_row_id,
        _index,
        _load_id
    from listed

)

select * from renamed
