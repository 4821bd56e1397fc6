-- An answer that lists a place, an entry of a chart or a song of a playlist twice says two things of one.

with

places as (

    select * from {{ ref('int_places_resolved') }}

),

chart_entries as (

    select * from {{ ref('int_chart_entries_settled') }}

),

playlist_entries as (

    select * from {{ ref('int_playlist_entries_settled') }}

),

doubted as (

    select
        'artist:' || artist_id as record_id,
        metric_id as place,
        coalesce(place_city, place_country) as example,
        observed_date as found_date
    from places
    where answer_count > 1

    union all

    select
        'song:' || song_id as record_id,
        chart_id as place,
        cast(chart_rank as varchar) as example,
        entry_date as found_date
    from chart_entries
    where answer_count > 1

    union all

    select
        'song:' || song_id as record_id,
        playlist_id as place,
        cast(null as varchar) as example,
        entry_date as found_date
    from playlist_entries
    where answer_count > 1

)

select * from doubted
