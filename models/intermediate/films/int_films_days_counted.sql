-- All days of all loads, as they are now: those of changed loads, and what is noted of the others.

with

changed as (

    select * from {{ ref('int_films_days_changed') }}

),

taken as (

    select * from {{ ref('stg_load_audit__taken_film_days') }}

),

changed_loads as (

    select
        answer_kind,
        _load_id
    from changed
    group by answer_kind, _load_id

),

-- one row per kind of answer, load and day; the day is null for what is set aside
counted as (

    select
        answer_kind,
        _load_id,
        snapshot_date,
        spoken_count
    from changed
    where spoken_count > 0

    union all

    select
        taken.answer_kind,
        taken._load_id,
        taken.snapshot_date,
        taken.spoken_count
    from taken
    left join changed_loads
        on
            taken.answer_kind = changed_loads.answer_kind
            and taken._load_id = changed_loads._load_id
    where changed_loads._load_id is null

)

select * from counted
