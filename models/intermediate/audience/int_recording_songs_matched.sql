-- The songs of a recording count the same on one platform and need not on another: in each metric, the
-- songs whose values agree with the one that goes on longest make the course of the recording.

with

observations as (

    select * from {{ ref('int_song_observations') }}

),

recordings as (

    select * from {{ ref('int_recordings_grouped') }}
    where song_count > 1

),

spans as (

    select
        recordings.recording_id,
        recordings.song_id,
        observations.metric_id,
        min(observations.observed_date) as first_date,
        max(observations.observed_date) as last_date,
        min_by(observations.value, observations.observed_date) as first_value,
        max_by(observations.value, observations.observed_date) as last_value,
        count(*) as day_count
    from observations
    inner join recordings on observations.song_id = recordings.song_id
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

-- one row per song and metric, beside the song that goes on longest
paired as (

    select
        ranked.recording_id,
        ranked.song_id,
        ranked.metric_id,
        ranked.last_date,
        ranked.last_value,
        leaders.song_id as leader_song_id,
        leaders.first_date as leader_first_date,
        leaders.first_value as leader_first_value
    from ranked
    inner join ranked as leaders
        on
            ranked.recording_id = leaders.recording_id
            and ranked.metric_id = leaders.metric_id
            and leaders.place = 1

),

compared as (

    select
        paired.recording_id,
        paired.song_id,
        paired.metric_id,
        paired.song_id = paired.leader_song_id as is_leader,
        count(led.value) as common_day_count,
        count(*) filter (
            where abs(own.value - led.value) <= 0.01 * greatest(own.value, led.value)
        ) as equal_day_count,
        {{ days_between('any_value(paired.last_date)', 'any_value(paired.leader_first_date)') }}
        <= 28
        and any_value(paired.leader_first_value)
        between 0.99 * any_value(paired.last_value) and 2 * any_value(paired.last_value)
            as goes_on
    from paired
    inner join observations as own
        on paired.song_id = own.song_id and paired.metric_id = own.metric_id
    left join observations as led
        on
            paired.leader_song_id = led.song_id
            and paired.metric_id = led.metric_id
            and own.observed_date = led.observed_date
    group by all

),

matched as (

    select
        recording_id,
        song_id,
        metric_id
    from compared
    where
        is_leader
        or (equal_day_count >= 3 and equal_day_count >= 0.8 * common_day_count)
        or (common_day_count < 3 and equal_day_count = common_day_count and goes_on)

)

select * from matched
