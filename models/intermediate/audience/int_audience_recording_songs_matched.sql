-- In each metric, the songs that agree with the one that goes on longest, or with one that agrees
-- with it, make the course of the recording.

with recursive

observations as (

    select * from {{ ref('int_audience_recording_observations_joined') }}

),

compared as (

    select * from {{ ref('int_audience_recording_pairs_matched') }}

),

spans as (

    select
        recording_id,
        song_id,
        metric_id,
        max(observed_date) as last_date,
        count(*) as day_count
    from observations
    group by all

),

ranked as (

    select
        *,
        row_number() over (
            partition by recording_id, metric_id
            order by last_date desc, day_count desc, song_id asc
        ) as place
    from spans

),

links as (

    select
        recording_id,
        metric_id,
        song_id,
        later_song_id as other_song_id
    from compared

    union all

    select
        recording_id,
        metric_id,
        later_song_id as song_id,
        song_id as other_song_id
    from compared

),

-- one row per recording, metric and song
matched as (

    select
        recording_id,
        metric_id,
        song_id
    from ranked
    where place = 1

    union distinct

    select
        matched.recording_id,
        matched.metric_id,
        links.other_song_id as song_id
    from matched
    inner join links
        on
            matched.recording_id = links.recording_id
            and matched.metric_id = links.metric_id
            and matched.song_id = links.song_id

)

select * from matched
