with

identifier_pages as (

    select * from {{ ref('stg_soundcharts__identifier_pages') }}

),

identifiers as (

    select * from {{ ref('stg_soundcharts__identifiers') }}

),

songs as (

    select * from {{ ref('int_songs_identified') }}

),

artists as (

    select * from {{ ref('int_artists_answered') }}

),

-- one row per subject, platform and identifier; one only asked for identifiers is none
identified as (

    select
        case
            when songs.song_id is not null then 'song:' || songs.song_id
            else 'artist:' || artists.artist_id
        end as subject_id,
        identifiers.platform,
        identifiers.identifier,
        max(identifiers.identifier_url) as identifier_url,
        max_by(identifiers.is_default, identifier_pages._load_id) as is_default
    from identifiers
    inner join identifier_pages on identifiers._parent_row_id = identifier_pages._row_id
    left join songs on identifier_pages.asked_uuid = songs.song_id
    left join artists on identifier_pages.asked_uuid = artists.artist_id
    where
        (songs.song_id is not null or artists.artist_id is not null)
        -- one that names no platform or no identifier there is a finding
        and identifiers.platform is not null
        and identifiers.identifier is not null
    group by all

)

select * from identified
