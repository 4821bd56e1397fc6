-- A day without a listen is a zero, because the service was watched that day.

with

listens as (

    select * from {{ ref('int_listens_watched') }}

),

tracks as (

    select * from {{ ref('int_tracks_identified') }}

),

extractions as (

    select * from {{ ref('int_extractions_dated') }}

),

days as (

    select load_date as observed_date
    from extractions

    union distinct

    select observed_date
    from listens

),

shown_tracks as (

    select
        track_key,
        min(load_date) as first_date,
        max(load_date) as last_date
    from tracks
    group by track_key

),

counts as (

    select
        track_key,
        observed_date,
        count(*) as listen_count
    from listens
    group by all

),

-- one row per track and day on which it was there
counted as (

    select
        shown_tracks.track_key,
        days.observed_date,
        coalesce(counts.listen_count, 0) as listen_count
    from shown_tracks
    inner join days on days.observed_date between shown_tracks.first_date and shown_tracks.last_date
    left join counts
        on
            shown_tracks.track_key = counts.track_key
            and days.observed_date = counts.observed_date

)

select * from counted
