-- A window is fast because storage is skipped by its days. Late days are added at the end, so some
-- parts of 122,880 rows go back behind those in front of them; int_judging_planned has all written
-- anew before there are too many.

with

observations as (

    select
        rowid // 122880 as part_number,
        observed_date
    from {{ ref('fct_observations') }}

),

parts as (

    select
        part_number,
        min(observed_date) as first_date,
        max(observed_date) as last_date
    from observations
    group by part_number

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
        count(*) as zone_count,
        count(*) filter (
            where {{ days_between('first_date', 'last_date_before') }}
            > {{ var('anchor_lookback_days') }}
        ) as scattered_count
    from followed

)

-- one load adds to what was one in eight
select * from counted
where 4 * scattered_count > greatest(zone_count, 24)
