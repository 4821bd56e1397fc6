-- A history is shown until its user begins another one, so the same listen is in many extractions.

-- a grouping of every listen, read three times
{{ config(materialized='table') }}

with

listens as (

    select * from {{ ref('int_listens_judged') }}

),

-- one row per user, moment, place and track
deduplicated as (

    select
        user_key,
        track_key,
        position,
        listened_at,
        cast(listened_at as date) as listened_date,
        min(extraction_number) as first_extraction_number,
        min(load_date) as first_load_date,
        min(etl_updated_at) as etl_updated_at
    from listens
    where quarantine_reason is null
    group by all

)

select * from deduplicated
