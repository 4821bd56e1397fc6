-- An answer that lists a place, an entry of a chart, a song of a playlist or a day twice says two
-- things of one.

with

places as (

    select * from {{ ref('fct_place_observations') }}

),

chart_entries as (

    select * from {{ ref('fct_chart_entries') }}

),

playlist_entries as (

    select * from {{ ref('fct_playlist_entries') }}

),

song_points as (

    select * from {{ ref('int_audience_song_points_dated') }}

),

artist_points as (

    select * from {{ ref('int_audience_artist_points_dated') }}

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
        cast(chart_rank as string) as example,
        entry_date as found_date
    from chart_entries
    where answer_count > 1

    union all

    select
        'song:' || song_id as record_id,
        playlist_id as place,
        cast(null as string) as example,
        entry_date as found_date
    from playlist_entries
    where answer_count > 1

    union all

    -- a day with two values in one answer: the larger counts
    select
        'song:' || song_id as record_id,
        platform || ', ' || coalesce(identifier, series) as place,
        cast(min(value) as string) as example,
        observed_date as found_date
    from song_points
    group by song_id, platform, series, identifier, observed_date, version_number
    having min(value) < max(value)

    union all

    select
        'artist:' || artist_id as record_id,
        metric_id as place,
        cast(min(value) as string) as example,
        observed_date as found_date
    from artist_points
    group by artist_id, metric_id, observed_date, version_number
    having min(value) < max(value)

)

select * from doubted
