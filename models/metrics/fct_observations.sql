-- Growth over a window is the difference of two rows of this table: every row carries the totals of
-- its series so far, and rows are stored by day, so that a window touches a few days of storage.

-- changed series are taken up by macros/judging.sql; all at once if int_judging_planned says so
{{ config(
    materialized='incremental', incremental_strategy='judged', on_schema_change='fail',
    pre_hook='{{ tell_why_all() }}', post_hook='{{ note_judged() }}',
) }}

with

compared as (

    select * from {{ ref('int_observations_compared') }}

),

carried as (

    select * from {{ ref('int_series_touched') }}
    where carried_date is not null

),

planned as (

    select * from {{ ref('int_judging_planned') }}

),

-- Where a series goes on, its first row is known, and brings the totals so far. The four counts of
-- breaks are packed into one number, as window sums are the most expensive step. A double is exact
-- to 53 binary digits: 17 for corrections, 12 for each of the others.
continued as (

    select
        compared.*,
        carried.series_id is not null as is_known,
        coalesce(carried.running_gain, compared.gain) as carried_on_gain,
        coalesce(carried.running_value_days, compared.added_value_days) as carried_on_value_days,
        coalesce(carried.running_breaks, case compared.change_class
            when 'correction' then 1e0
            when 'restatement' then 131072e0
            when 'reset' then 536870912e0
            when 'relinked' then 2199023255552e0
            when 'outlier' then null
            else 0e0
        end) as carried_on_breaks
    from compared
    left join carried
        on
            compared.series_id = carried.series_id
            and compared.observed_date = carried.carried_date

),

totalled as (

    select
        *,
        sum(carried_on_gain) over so_far as gain_so_far,
        sum(carried_on_value_days) over so_far as value_days_so_far,
        sum(carried_on_breaks) over so_far as breaks_so_far
    from continued
    window
        so_far as (
            partition by series_id, is_outlier
            order by observed_date
            rows between unbounded preceding and current row
        )

),

-- An outlier has no totals and no next observation, so no window can begin or end on one. Rows are
-- sorted by day, then by series: a window reads whole days and skips the rest of the storage.
ordered as (

    select
        series_id,
        observed_date,
        value,
        linked_value,
        case when not is_outlier then change end as change,
        case when not is_outlier then span_days end as span_days,
        case when not is_outlier then next_date end as next_observed_date,
        change_class,
        is_outlier,
        case when not is_outlier then gain_so_far end as running_gain,
        case when not is_outlier then value_days_so_far end as running_value_days,
        case when not is_outlier then observation_number end as running_observations,
        breaks_so_far as running_breaks
    from totalled
    where not is_known
    order by observed_date, series_id

),

-- columns that follow from others are added after the sort, which holds all rows in memory
dated as (

    select
        ordered.*,
        cast(ordered.running_breaks % 131072 as integer) as running_corrections,
        cast(floor(ordered.running_breaks / 131072) % 4096 as integer) as running_restatements,
        cast(floor(ordered.running_breaks / 536870912) % 4096 as integer) as running_resets,
        cast(floor(ordered.running_breaks / 2199023255552) as integer) as running_relinks,
        planned.judged_at as known_from
    from ordered
    cross join planned

)

select * from dated
