-- A day without a listen is a zero, because the service was watched that day. A track that is
-- published and heard after the day's extraction is shown on the next day only: its days begin with
-- the first listen then, so that tracks add up to the same listens as users do.

with

listens as (

    select * from {{ ref('fct_listens') }}

),

tracks as (

    select * from {{ ref('int_listening_tracks_resolved') }}

),

extractions as (

    select * from {{ ref('int_listening_extractions_dated') }}
    where not has_impossible_day

),

watched as (

    select
        min(load_date) as first_date,
        max(load_date) as last_date
    from extractions

),

-- only days since the first extraction count: of earlier ones no more than the latest history of
-- each user survives, which would look like growth
counts as (

    select
        listens.track_key,
        cast(listens.listened_at as date) as observed_date,
        count(*) as listen_count
    from listens
    inner join watched
        on cast(listens.listened_at as date) between watched.first_date and watched.last_date
    group by all

),

days as (

    select load_date as observed_date
    from extractions

    union distinct

    select observed_date
    from counts

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
