-- A window is fast because storage is skipped by its days. Late days are added at the end of the
-- table, and each part of the storage that has one is read by the windows of two times.

with

held as (

    select * from {{ ref('stg_load_audit__held_observations') }}

),

-- one row per part that DuckDB reads or skips as a whole
parts as (

    select
        storage_place // 122880 as part_number,
        count(*) as observation_count,
        min(observed_date) as first_date,
        max(observed_date) as last_date
    from held
    group by all

),

followed as (

    select
        *,
        max(last_date) over (
            order by part_number
            rows between unbounded preceding and 1 preceding
        ) as last_date_before
    from parts

),

counted as (

    select
        coalesce(sum(observation_count), 0) as observation_count,
        count(*) as zone_count,
        -- platforms report with a delay of days
        count(*) filter (
            where {{ days_between('first_date', 'last_date_before') }}
            > {{ var('anchor_lookback_days') }}
        ) as scattered_count
    from followed

),

scattered as (

    select
        observation_count,
        zone_count,
        scattered_count,
        -- one in eight; a small table is read at once
        8 * scattered_count > greatest(zone_count, 16) as is_scattered
    from counted

)

select * from scattered
