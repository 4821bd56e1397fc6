with

song_ids as (

    select * from {{ ref('int_audience_songs_latest') }}

),

songs as (

    select * from {{ ref('stg_soundcharts__songs') }}

),

song_labels as (

    select * from {{ ref('stg_soundcharts__song_labels') }}

),

albums as (

    select * from {{ ref('int_audience_albums_latest') }}

),

album_labels as (

    select * from {{ ref('stg_soundcharts__album_labels') }}

),

-- older answers name one label
named as (

    select
        songs._row_id,
        songs.label_name,
        cast(null as string) as label_type
    from songs
    where songs.label_name is not null

    union all

    select
        song_labels._parent_row_id as _row_id,
        song_labels.label_name,
        song_labels.label_type
    from song_labels

    union all

    select
        albums.answer_row_id as _row_id,
        albums.label_name,
        cast(null as string) as label_type
    from albums
    where albums.label_name is not null

    union all

    select
        album_labels._parent_row_id as _row_id,
        album_labels.label_name,
        album_labels.label_type
    from album_labels

),

labelled as (

    select
        song_ids.song_id,
        albums.album_id,
        {{ dbt.hash(normalised_text('named.label_name')) }} as label_id,
        max(named.label_name) as label_name,
        max(named.label_type) as label_type
    from named
    left join song_ids on named._row_id = song_ids.answer_row_id
    left join albums on named._row_id = albums.answer_row_id
    where
        named.label_name is not null
        and (song_ids.song_id is not null or albums.album_id is not null)
    group by all

)

select * from labelled
