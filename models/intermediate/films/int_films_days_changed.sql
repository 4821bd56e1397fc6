-- The days of loads that came, went or lost rows since the long tables of films were made: how many
-- answers they hold, and held then. Only the rows of these loads are read.

-- a table: several models read it, and it is what is noted
{{ config(materialized='table') }}

with

loads as (

    select * from {{ ref('int_films_loads_counted') }}

),

answers as (

    select * from {{ ref('int_films_answers_dated') }}

),

taken as (

    select * from {{ ref('stg_load_audit__taken_film_days') }}

),

plans as (

    select * from {{ ref('stg_load_audit__taken_plans') }}
    where model_name = 'int_films_days_touched'

),

-- what was made otherwise is of other days, perhaps
known as (

    select count(*) > 0 as is_known
    from plans
    where code = {{ films_code() }} and not {{ is_asked_for_anew() }}

),

taken_loads as (

    select
        answer_kind,
        _load_id,
        sum(spoken_count) as spoken_count
    from taken
    group by answer_kind, _load_id

),

changed_loads as (

    select
        coalesce(loads.answer_kind, taken_loads.answer_kind) as answer_kind,
        coalesce(loads._load_id, taken_loads._load_id) as _load_id
    from loads
    full outer join taken_loads
        on loads.answer_kind = taken_loads.answer_kind and loads._load_id = taken_loads._load_id
    cross join known
    where
        not known.is_known
        or loads.spoken_count is distinct from taken_loads.spoken_count

),

-- an answer that is set aside is of no day
counted as (

    select
        answers.answer_kind,
        answers._load_id,
        case when not answers.is_set_aside then answers.snapshot_date end as snapshot_date,
        1 as spoken_count,
        0 as taken_count
    from answers
    inner join changed_loads
        on
            answers._load_id = changed_loads._load_id
            and answers.answer_kind = changed_loads.answer_kind

    union all

    select
        taken.answer_kind,
        taken._load_id,
        taken.snapshot_date,
        0 as spoken_count,
        taken.spoken_count as taken_count
    from taken
    inner join changed_loads
        on
            taken._load_id = changed_loads._load_id
            and taken.answer_kind = changed_loads.answer_kind

),

-- one row per kind of answer, load and day
compared as (

    select
        answer_kind,
        _load_id,
        snapshot_date,
        cast(sum(spoken_count) as bigint) as spoken_count,
        cast(sum(taken_count) as bigint) as taken_count
    from counted
    group by answer_kind, _load_id, snapshot_date

)

select * from compared
