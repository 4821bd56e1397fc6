-- Whether a fall or a leap at the newest end is an excursion shows when the next observations come.
-- Until then, the newest values are unconfirmed.

-- a table of few rows, read for each window
{{ config(materialized='table') }}

with

observations as (

    select * from {{ ref('int_ends_observed') }}

),

-- one row per observation, with what follows it on its own scale
followed as (

    select
        *,
        linked_value + min(course) over to_the_end as least_value,
        linked_value + max(course) over to_the_end as largest_value,
        count(*) over to_the_end as later_count
    from observations
    window
        to_the_end as (
            partition by series_id
            order by observed_date
            rows between 1 following and unbounded following
        )

),

-- one row per series whose newest values are unconfirmed
unconfirmed as (

    select
        series_id,
        min(next_observed_date) as unconfirmed_from_date
    from followed
    where {{ is_unconfirmed() }}
    group by series_id

)

select * from unconfirmed
