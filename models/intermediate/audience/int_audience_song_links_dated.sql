-- Few songs have identifiers that came or went, and few days change what they brought: a join with
-- those is cheaper than a look back from every day of every song.

with

answered as (

    select * from {{ ref('int_audience_song_answers_filtered') }}

),

-- the `linked_value` of each day, and whether it has changed
relinked as (

    select
        song_id,
        metric_id,
        observed_date,
        linked_value,
        coalesce(lag(linked_value) over in_time, 0) <> linked_value as is_changed
    from answered
    where linked_value is not null
    window in_time as (partition by song_id, metric_id order by observed_date)

),

-- one row per song, metric and stretch of days
linked as (

    select
        song_id,
        metric_id,
        observed_date as linked_from_date,
        lead(observed_date) over in_time as linked_until_date,
        linked_value
    from relinked
    where is_changed
    window in_time as (partition by song_id, metric_id order by observed_date)

)

select * from linked
