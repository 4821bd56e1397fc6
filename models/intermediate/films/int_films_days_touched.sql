-- Which days of films are made again: all from the first that changed, whether they are still there
-- or not, because a film's days count on from each other.

-- a table: what the run takes up, noted with it
{{ config(
    materialized='table', post_hook='{{ note_planned_films() }}',
    pre_hook="{{ tell_why_all('int_films_planned', 'All days of films are made anew', 'none were made before') }}",
) }}

with

planned as (

    select * from {{ ref('int_films_planned') }}
    where not is_whole

),

days as (

    select * from {{ ref('int_films_days_planned') }}

),

changed as (

    select * from {{ ref('int_films_days_changed') }}

),

-- one row per day
touched as (

    select days.snapshot_date
    from days
    inner join planned on days.snapshot_date >= planned.first_changed_date

    union distinct

    select changed.snapshot_date
    from changed
    inner join planned on changed.snapshot_date >= planned.first_changed_date

)

select * from touched
