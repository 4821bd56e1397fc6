-- Every record is a version of one song, every song with a credit counts for one artist, and one
-- song stands for every recording: a fan-out or a lost row anywhere from file to marts breaks one
-- of these sums.

with

songs as (

    select
        sum(version_count) as version_count,
        count(artist_credit) filter (where version_count > 0) as credited_count,
        count(artist_credit) as all_credited_count,
        count(distinct recording_id) as recording_count,
        count(*) filter (where is_primary_recording) as primary_count
    from {{ ref('dim_songs') }}

),

records as (

    select
        count(*) as record_count,
        count(distinct song_id) filter (where trim(artist) <> '') as credited_count
    from {{ source('raw_soundcharts', 'report_songs') }}

),

artists as (

    select sum(song_count) as song_count
    from {{ ref('dim_artists') }}

),

bridge as (

    select
        count(*) as credit_count,
        count(distinct song_id) as song_count
    from {{ ref('bridge_songs_x_artists') }}

)

select
    records.record_count,
    songs.version_count,
    records.credited_count as credited_in_records,
    songs.credited_count,
    artists.song_count,
    bridge.credit_count,
    bridge.song_count as bridged_song_count,
    songs.recording_count,
    songs.primary_count
from songs
cross join records
cross join artists
cross join bridge
where
    records.record_count <> songs.version_count
    or records.credited_count <> songs.credited_count
    or artists.song_count <> bridge.credit_count
    or songs.all_credited_count > bridge.song_count
    or songs.recording_count <> songs.primary_count
