-- Pages that were put down by hand may lack what their name would say: of whom they are, on which
-- platform, and what they count.

with

artist_pages as (

    select * from {{ ref('stg_soundcharts__artist_pages') }}

),

song_pages as (

    select * from {{ ref('stg_soundcharts__song_audience_pages') }}

),

listing_pages as (

    select * from {{ ref('stg_soundcharts__listing_pages') }}

),

credit_pages as (

    select * from {{ ref('stg_tmdb__credit_pages') }}

),

movies as (

    select * from {{ ref('int_films_movies_latest') }}

),

-- scores have no platform but Soundcharts, and say themselves what they are
pages as (

    select
        'artist values' as place,
        artist_id as asked_uuid,
        platform,
        case when platform = 'soundcharts' then 'artist-score' else document end as document,
        _row_id
    from artist_pages

    union all

    select
        'song values' as place,
        asked_uuid,
        platform,
        document,
        _row_id
    from song_pages

    union all

    select
        listing as place,
        asked_uuid,
        'any' as platform,
        replace(listing, ' ', '-') as document,
        _row_id
    from listing_pages
    where listing in ('identifiers', 'album tracks')

),

doubted as (

    select
        case
            when asked_uuid is null then 'page_without_subject'
            when platform is null then 'page_without_platform'
            else 'page_without_document'
        end as finding_kind,
        asked_uuid as record_id,
        place,
        document as example,
        cast(null as date) as found_date,
        _row_id
    from pages
    where asked_uuid is null or platform is null or document is null

    union all

    select
        'film_unknown' as finding_kind,
        'film:' || cast(credit_pages.movie_id as string) as record_id,
        'movie-credits' as place,
        cast(null as string) as example,
        credit_pages.snapshot_date as found_date,
        credit_pages._row_id
    from credit_pages
    left join movies on credit_pages.movie_id = movies.movie_id
    where movies.movie_id is null

)

select * from doubted
