-- A window is fast because storage is skipped by its days. Rows may stand in any order within one
-- vector of 2,048 rows, but no vector may begin before the one in front of it has ended.

with

observations as (

    select
        rowid // 2048 as vector_number,
        observed_date
    from {{ ref('fct_observations') }}

),

vectors as (

    select
        vector_number,
        min(observed_date) as first_date,
        max(observed_date) as last_date
    from observations
    group by vector_number

),

followed as (

    select
        *,
        lag(last_date) over (order by vector_number) as last_date_before
    from vectors

)

select * from followed
where first_date < last_date_before
