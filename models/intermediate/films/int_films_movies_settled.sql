-- What all days up to the settled one say of each film, added up once: of a film that was seen a
-- thousand times, a build reads this row and the newest days.

-- a table: days that have become settled are added to what it holds
{{ config(
    materialized='incremental', incremental_strategy='touched', unique_key='settled_date',
    on_schema_change='fail', post_hook='{{ note_taken() }}',
) }}

with

planned as (

    select * from {{ ref('int_films_planned') }}

),

all_days as (

    select * from {{ ref('int_films_days_resolved') }}

),

all_answers as (

    select * from {{ ref('int_films_answers_dated') }}

),

-- once more, so that no engine holds all answers for two readers
all_answers_again as (

    select * from {{ ref('int_films_answers_dated') }}

),

{% if is_incremental() -%}
held as (

    select * from {{ this.include(database=false) }}

),

held_dated as (

    select coalesce(max(held.settled_date), max(planned.previous_settled_date)) as settled_date
    from planned
    left join held on true

),

-- nothing, if no other day has become settled
before as (

    select held.*
    from held
    inner join planned on held.settled_date < planned.settled_date

),

{% endif -%}
settling as (

    select * from {{ ref('int_films_days_planned') }}
    where
        is_settled
        and {{ 'snapshot_date > (select held_dated.settled_date from held_dated)'
            if is_incremental() else 'true' }}

),

{{ summed_films('settling', 'before' if is_incremental() else none) }},

-- one row per film that was seen by then
dated as (

    select
        summed.*,
        planned.settled_date
    from summed
    cross join planned

)

select * from dated
