-- All that was said of a film's audience. Lists, details and exports are kept apart by the source,
-- so they disagree.

with

listed_rows as (

    select * from {{ ref('stg_tmdb__list_rows') }}

),

daily_rows as (

    select * from {{ ref('stg_tmdb__daily_list_rows') }}

),

movies as (

    select * from {{ ref('stg_tmdb__movies') }}

),

exported as (

    select * from {{ ref('stg_tmdb__exported_movies') }}

),

-- one row per answer and place in it
answers as (

    select
        movie_id,
        'details' as answer_kind,
        cast(null as string) as film_list,
        cast(null as bigint) as page_number,
        popularity,
        vote_average,
        vote_count,
        title,
        original_title,
        original_language_code,
        cast(null as string) as genre_ids,
        release_date,
        is_adult,
        snapshot_date,
        _row_id,
        _load_id
    from movies

    union all

    select
        movie_id,
        'list' as answer_kind,
        film_list,
        page_number,
        popularity,
        vote_average,
        vote_count,
        title,
        original_title,
        original_language_code,
        genre_ids,
        release_date,
        is_adult,
        snapshot_date,
        _parent_row_id as _row_id,
        _load_id
    from listed_rows

    union all

    select
        movie_id,
        'list' as answer_kind,
        film_list,
        cast(null as bigint) as page_number,
        popularity,
        vote_average,
        vote_count,
        title,
        original_title,
        original_language_code,
        genre_ids,
        release_date,
        is_adult,
        snapshot_date,
        _parent_row_id as _row_id,
        _load_id
    from daily_rows

    union all

    select
        movie_id,
        'export' as answer_kind,
        cast(null as string) as film_list,
        cast(null as bigint) as page_number,
        popularity,
        cast(null as double) as vote_average,
        cast(null as bigint) as vote_count,
        cast(null as string) as title,
        original_title,
        cast(null as string) as original_language_code,
        cast(null as string) as genre_ids,
        cast(null as date) as release_date,
        is_adult,
        snapshot_date,
        _row_id,
        _load_id
    from exported

)

select * from answers
