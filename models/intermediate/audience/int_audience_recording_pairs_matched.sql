-- The songs of a recording count the same on one platform and need not on another, so they are
-- compared metric by metric.

with

observations as (

    select * from {{ ref('int_audience_recording_observations_joined') }}

),

spans as (

    select
        recording_id,
        song_id,
        metric_id,
        min(observed_date) as first_date,
        max(observed_date) as last_date,
        min_by(value, observed_date) as first_value,
        max_by(value, observed_date) as last_value,
        (max(value) - min(value)) / count(*) as daily_gain
    from observations
    group by all

),

-- one row per recording, metric and pair of songs, the one that begins first before the other
paired as (

    select
        earlier.recording_id,
        earlier.metric_id,
        earlier.song_id,
        later.song_id as later_song_id,
        {{ days_between('earlier.last_date', 'later.first_date') }} <= 28
        and later.first_value >= 0.99 * earlier.last_value
        and later.first_value - earlier.last_value <= greatest(
            0.01 * earlier.last_value,
            2 * earlier.daily_gain
            * greatest(1, {{ days_between('earlier.last_date', 'later.first_date') }})
        ) as goes_on
    from spans as earlier
    inner join spans as later
        on
            earlier.recording_id = later.recording_id
            and earlier.metric_id = later.metric_id
            and earlier.song_id <> later.song_id
            and (
                earlier.first_date < later.first_date
                or (earlier.first_date = later.first_date and earlier.song_id < later.song_id)
            )

),

compared as (

    select
        paired.recording_id,
        paired.metric_id,
        paired.song_id,
        paired.later_song_id,
        paired.goes_on,
        count(other.value) as common_day_count,
        count(*) filter (
            where abs(own.value - other.value) <= 0.01 * greatest(own.value, other.value)
        ) as equal_day_count
    from paired
    inner join observations as own
        on paired.song_id = own.song_id and paired.metric_id = own.metric_id
    left join observations as other
        on
            paired.later_song_id = other.song_id
            and paired.metric_id = other.metric_id
            and own.observed_date = other.observed_date
    group by all

),

matched as (

    select
        recording_id,
        metric_id,
        song_id,
        later_song_id
    from compared
    where
        (equal_day_count >= 3 and equal_day_count >= 0.8 * common_day_count)
        or (common_day_count < 3 and equal_day_count = common_day_count and goes_on)
        -- what made them one recording
        or metric_id = 'spotify:streams'

)

select * from matched
