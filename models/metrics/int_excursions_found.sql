-- Of the runs that are contradicted, the ones that do not overlap, from the first to the last.

-- a table of few rows, read with every observation
{{ config(materialized='table') }}

with recursive

runs as (

    select * from {{ ref('int_runs_contradicted') }}

),

surrounded as (

    select * from {{ ref('int_falls_surrounded') }}

),

-- one row per series and observation that a run may follow: the longest run counts
longest as (

    select
        series_id,
        before_position,
        max(after_position) as after_position
    from runs
    group by all

),

-- the next run begins where this one ends, or later
followed as (

    select
        longest.series_id,
        longest.before_position,
        longest.after_position,
        min(later.before_position) as next_position,
        row_number() over (
            partition by longest.series_id
            order by longest.before_position
        ) as run_number
    from longest
    left join longest as later
        on
            longest.series_id = later.series_id
            and longest.after_position <= later.before_position
    group by longest.series_id, longest.before_position, longest.after_position

),

-- one row per excursion
excursions as (

    select
        series_id,
        before_position,
        after_position,
        next_position
    from followed
    where run_number = 1

    union all

    select
        followed.series_id,
        followed.before_position,
        followed.after_position,
        followed.next_position
    from excursions
    inner join followed
        on
            excursions.series_id = followed.series_id
            and excursions.next_position = followed.before_position

),

-- several falls may surround one observation
observed as (

    select
        series_id,
        place_in_series,
        observed_date,
        is_restated
    from surrounded
    group by all

),

-- one row per observation of an excursion, and one for the observation after it: a boundary between
-- versions that falls on an excursion moves there
dated as (

    select
        observed.series_id,
        observed.observed_date,
        observed.place_in_series < excursions.after_position as is_outlier,
        bool_or(observed.is_restated) over (
            partition by excursions.series_id, excursions.before_position
        ) as is_restated
    from excursions
    inner join observed
        on
            excursions.series_id = observed.series_id
            and excursions.before_position < observed.place_in_series
            and excursions.after_position >= observed.place_in_series

)

select * from dated
