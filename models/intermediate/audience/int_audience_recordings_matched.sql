-- Twins: one recording under several song ids. Spotify shows one play count on all versions of a
-- recording, so the counts decide: they agree on the days that both songs have, or one goes on
-- where the other ends. Popularity proves nothing: quiet songs of one artist share the same flat
-- line.

-- a table: it is the evidence behind `recording_id`
{{ config(materialized='table') }}

with

pairs as (

    select * from {{ ref('int_audience_recordings_joined') }}

),

-- several proposals may hold a song
song_days as (

    select
        song_id,
        observed_date,
        spotify_streams,
        same_up_to
    from {{ ref('int_audience_recording_days_joined') }}
    group by all

),

-- one row per pair and day that both songs have
common as (

    select
        pairs.song_id,
        pairs.other_song_id,
        own.spotify_streams <= other.same_up_to
        and other.spotify_streams <= own.same_up_to as is_equal
    from pairs
    inner join song_days as own on pairs.song_id = own.song_id
    inner join song_days as other
        on pairs.other_song_id = other.song_id and own.observed_date = other.observed_date

),

counted as (

    select
        song_id,
        other_song_id,
        count(*) as common_day_count,
        count(*) filter (where is_equal) as equal_day_count
    from common
    group by all

),

spans as (

    select * from {{ ref('int_audience_recording_spans_aggregated') }}

),

ordered as (

    select
        pairs.song_id,
        pairs.other_song_id,
        coalesce(counted.common_day_count, 0) as common_day_count,
        coalesce(counted.equal_day_count, 0) as equal_day_count,
        case when own.first_date < other.first_date then own.last_date else other.last_date end
            as earlier_last_date,
        case
            when own.first_date < other.first_date then own.last_streams else other.last_streams
        end as earlier_last_streams,
        case
            when own.first_date < other.first_date then own.daily_gain else other.daily_gain
        end as earlier_daily_gain,
        greatest(own.first_date, other.first_date) as later_first_date,
        case
            when own.first_date < other.first_date then other.first_streams
            else own.first_streams
        end as later_first_streams
    from pairs
    inner join spans as own on pairs.song_id = own.song_id
    inner join spans as other on pairs.other_song_id = other.song_id
    left join counted
        on
            pairs.song_id = counted.song_id
            and pairs.other_song_id = counted.other_song_id

),

-- four fifths: the excursions and gaps of a counter often befall one of two twins alone
judged as (

    select
        song_id,
        other_song_id,
        common_day_count,
        equal_day_count,
        (equal_day_count >= 3 and equal_day_count >= 0.8 * common_day_count)
        or (
            common_day_count < 3
            and equal_day_count = common_day_count
            and {{ days_between('earlier_last_date', 'later_first_date') }} <= 28
            -- on the same scale: no more than twice the usual gain of the days between
            and later_first_streams >= 0.99 * earlier_last_streams
            and later_first_streams - earlier_last_streams <= greatest(
                0.01 * earlier_last_streams,
                2 * earlier_daily_gain
                * greatest(1, {{ days_between('earlier_last_date', 'later_first_date') }})
            )
        ) as is_twin
    from ordered

)

select * from judged
