-- Of the songs that are proposed as one recording, the pairs whose counts are worth comparing. On
-- each day, songs are compared with the next larger one instead of with each other, so that a
-- thousand songs of one name cost a thousand comparisons a day.

-- a table: of a view no engine knows how few pairs there are, and DuckDB then joined the days of
-- all songs first, which took 19 GB for a report with artists
{{ config(materialized='table') }}

with

days as (

    select * from {{ ref('int_audience_recording_days_joined') }}

),

neighbours as (

    select
        proposal,
        song_id,
        spotify_streams,
        lag(song_id) over by_size as other_song_id,
        lag(same_up_to) over by_size as same_up_to
    from days
    window
        by_size as (partition by proposal, observed_date order by spotify_streams, song_id)

),

spans as (

    select
        proposal,
        song_id,
        min(observed_date) as first_date,
        max(observed_date) as last_date
    from days
    group by all

),

pairs as (

    select
        least(song_id, other_song_id) as song_id,
        greatest(song_id, other_song_id) as other_song_id
    from neighbours
    where spotify_streams <= same_up_to
    group by all
    having count(*) >= 3

    union distinct

    -- one may go on where the other ends
    select
        least(earlier.song_id, later.song_id) as song_id,
        greatest(earlier.song_id, later.song_id) as other_song_id
    from spans as earlier
    inner join spans as later
        on
            earlier.proposal = later.proposal
            and earlier.first_date < later.first_date
            and earlier.last_date < later.last_date
            and {{ days_between('earlier.last_date', 'later.first_date') }} between -14 and 28

)

select * from pairs
