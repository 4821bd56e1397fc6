-- The days between two lists of an artist's places: 7 on one platform, about 30 on another.

with

observations as (

    select * from {{ ref('int_place_days_listed') }}

),

-- one row per artist, metric, type of place and day on which places were listed
listed as (

    select
        artist_id,
        metric_id,
        place_type,
        observed_date
    from observations
    group by all

),

spaced as (

    select
        *,
        {{ days_between('lag(observed_date) over in_time', 'observed_date') }} as span_days
    from listed
    window in_time as (partition by artist_id, metric_id, place_type order by observed_date)

),

rhythms as (

    select
        artist_id,
        metric_id,
        place_type,
        cast(round(median(span_days)) as integer) as cadence_days
    from spaced
    group by all

)

select * from rhythms
