with

report_songs as (

    select * from {{ ref('stg_soundcharts__report_songs') }}

),

report_points as (

    select * from {{ ref('stg_soundcharts__report_points') }}

),

chart_lines as (

    select * from {{ ref('int_quality_chart_lines_found') }}

),

identifiers as (

    select * from {{ ref('stg_soundcharts__identifiers') }}

),

songs as (

    select * from {{ ref('stg_soundcharts__songs') }}

),

named_songs as (

    select * from {{ ref('int_audience_songs_joined') }}

),

shared_codes as (

    select isrc
    from named_songs
    where isrc is not null
    group by isrc
    having count(distinct title_key) > 1

),

doubted as (

    select
        'song_unnamed' as finding_kind,
        song_id as record_id,
        'title' as place,
        artist_credit as example,
        cast(null as date) as found_date,
        _row_id
    from report_songs
    where title is null

    union all

    select
        'value_above_range' as finding_kind,
        'song:' || report_songs.song_id as record_id,
        'spotify:popularity' as place,
        cast(report_points.spotify_popularity as string) as example,
        report_points.observed_date as found_date,
        report_songs._row_id
    from report_points
    inner join report_songs on report_points._parent_row_id = report_songs._row_id
    where report_points.spotify_popularity > 100

    union all

    select
        finding_kind,
        record_id,
        place,
        example,
        found_date,
        _row_id
    from chart_lines

    union all

    select
        'identifier_incomplete' as finding_kind,
        cast(null as string) as record_id,
        coalesce(platform, '') as place,
        identifier as example,
        cast(null as date) as found_date,
        _parent_row_id as _row_id
    from identifiers
    where identifier is null or platform is null

    union all

    select
        case
            when songs.isrc not like '____________' then 'isrc_malformed'
            else 'isrc_shared'
        end as finding_kind,
        songs.song_id as record_id,
        'isrc' as place,
        songs.isrc as example,
        cast(null as date) as found_date,
        songs._row_id
    from songs
    left join shared_codes on songs.isrc = shared_codes.isrc
    where songs.isrc not like '____________' or shared_codes.isrc is not null

)

select * from doubted
