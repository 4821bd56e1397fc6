-- The one list of everything whose audience is counted: a domain adds its own `union all`, and
-- growth, averages and alerts find a name for what they speak of.

with

songs as (

    select * from {{ ref('dim_songs') }}

),

artists as (

    select * from {{ ref('dim_artists') }}

),

subjects as (

    select
        subject_id,
        'song' as subject_type,
        coalesce(title, '(untitled)') as name,
        release_date
    from songs

    union all

    select
        subject_id,
        'artist' as subject_type,
        artist_name as name,
        cast(null as date) as release_date
    from artists

)

select * from subjects
