with

series_weeks as (

    select * from {{ ref('series_weeks') }}

),

songs as (

    select * from {{ ref('int_songs_catalogued') }}

),

artists as (

    select * from {{ ref('dim_artists') }}

),

-- platforms call the same thing by different names
named as (

    select
        subject_id,
        platform,
        week_date,
        closing_value,
        case
            when metric in ('streams', 'plays', 'views') then 'streams'
            when metric in ('listeners', 'monthly_listeners') then 'listeners'
            else metric
        end as variable
    from series_weeks

),

-- one row per song and subject that says something about it: the song and its artist
song_subjects as (

    select
        subject_id as song_subject_id,
        subject_id,
        false as is_artist
    from songs

    union all

    select
        songs.subject_id as song_subject_id,
        artists.subject_id,
        true as is_artist
    from songs
    inner join artists on songs.artist_id = artists.artist_id

),

-- one row per song, platform and week
song_weeks as (

    select
        song_subjects.song_subject_id as subject_id,
        named.platform,
        named.week_date,
        max(named.closing_value) filter (where named.variable = 'popularity') as popularity,
        max(named.closing_value) filter (where named.variable = 'streams') as streams,
        max(named.closing_value) filter (where named.variable = 'followers') as followers,
        max(named.closing_value) filter (where named.variable = 'listeners') as listeners,
        max(named.closing_value) filter (where named.variable = 'playlist_reach') as playlist_reach,
        cast(max(named.closing_value) filter (where named.variable = 'chart_count') as bigint)
            as chart_count,
        min(named.closing_value) filter (where named.variable = 'chart_position') as chart_position
    from named
    inner join song_subjects on named.subject_id = song_subjects.subject_id
    -- an artist has a score and streams too, and they are not the song's
    where not song_subjects.is_artist or named.variable in ('followers', 'listeners')
    group by all

)

select * from song_weeks
