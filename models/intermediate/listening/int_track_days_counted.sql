-- A day without a listen is a zero, because the service was watched that day. A track that is
-- published and heard after the day's extraction is shown on the next day only: its days begin with
-- the first listen then, so that tracks add up to the same listens as users do.

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

counts as (

    select
        track_key,
        observed_date,
        count(*) as listen_count
    from listens
    group by all

),

present as (

    select
        track_key,
        load_date as observed_date
    from tracks

    union all

    select
        track_key,
        observed_date
    from counts

),

spans as (

    select
        track_key,
        min(observed_date) as first_date,
        max(observed_date) as last_date
    from present
    group by track_key

),

-- one row per track and day on which it was there
counted as (

    select
        spans.track_key,
        days.observed_date,
        coalesce(counts.listen_count, 0) as listen_count
    from spans
    inner join days on days.observed_date between spans.first_date and spans.last_date
    left join counts
        on
            spans.track_key = counts.track_key
            and days.observed_date = counts.observed_date

)

select * from counted
