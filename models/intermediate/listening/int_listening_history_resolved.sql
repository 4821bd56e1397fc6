-- The one rule for the history of a dimension: a list that gives an id to another thing begins
-- another thing, with a key of its own, and a thing whose content changes has another version. A
-- new dimension adds its `union all`: what tells things apart, and what their content is.

with

tracks as (

    select * from {{ ref('int_listening_tracks_latest') }}

),

users as (

    select * from {{ ref('int_listening_users_latest') }}

),

movies as (

    select * from {{ ref('int_films_details_dated') }}

),

listed as (

    select
        'tracks' as route,
        extraction_id,
        extraction_number,
        track_id as listed_id,
        -- with another title or artist it is another track
        coalesce({{ normalised_text('track_name') }}, '')
        || chr(31) || coalesce({{ normalised_text('artist') }}, '') as natural_key,
        md5(
            coalesce(track_name, '') || chr(31) || coalesce(artist, '')
            || chr(31) || coalesce(songwriters, '') || chr(31) || coalesce(genres, '')
            || chr(31) || coalesce(album, '') || chr(31) || coalesce(duration_text, '')
            || chr(31) || coalesce(cast(created_at as string), '')
            || chr(31) || coalesce(cast(updated_at as string), '')
        ) as content_hash
    from tracks

    union all

    select
        'users' as route,
        extraction_id,
        extraction_number,
        user_id as listed_id,
        -- people change address and name, but not the moment at which they registered
        coalesce(cast(created_at as string), '') as natural_key,
        md5(
            coalesce(first_name_hash, '') || chr(31) || coalesce(last_name_hash, '')
            || chr(31) || coalesce(email_hash, '') || chr(31) || coalesce(gender_hash, '')
            || chr(31) || coalesce(favorite_genres, '')
            || chr(31) || coalesce(cast(created_at as string), '')
            || chr(31) || coalesce(cast(updated_at as string), '')
        ) as content_hash
    from users

    union all

    -- an id of a film is never given to another one; one extraction a day
    select
        'movies' as route,
        cast(snapshot_date as string) as extraction_id,
        {{ days_between("date '2000-01-01'", 'snapshot_date') }} as extraction_number,
        movie_id as listed_id,
        '' as natural_key,
        content_hash
    from movies

),

compared as (

    select
        *,
        min(extraction_number) over (
            partition by route, listed_id, natural_key
        ) as first_extraction_number,
        lag(natural_key) over in_time <> natural_key as is_reused_id,
        coalesce(lag(content_hash) over in_time <> content_hash, true) as is_new_version
    from listed
    window in_time as (partition by route, listed_id order by extraction_number)

),

numbered as (

    select
        *,
        dense_rank() over (
            partition by route, listed_id order by first_extraction_number
        ) as identity_number,
        sum(case when is_new_version then 1 else 0 end) over (
            partition by route, listed_id order by extraction_number
        ) as version_number
    from compared

),

-- one row per route, extraction and id
resolved as (

    select
        route,
        extraction_id,
        listed_id,
        cast(listed_id as string)
        || case when identity_number > 1 then '#' || cast(identity_number as string) else '' end
            as record_key,
        cast(version_number as integer) as version,
        coalesce(is_reused_id, false) as is_reused_id
    from numbered

)

select * from resolved
