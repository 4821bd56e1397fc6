-- A history is shown until its user begins another one, so many extractions show the same listen.

with

snapshots as (

    select * from {{ ref('fct_listen_snapshots') }}

),

extractions as (

    select * from {{ ref('int_listening_extractions_dated') }}

),

-- one row per user, moment, place and track
shown as (

    select
        snapshots.user_key,
        snapshots.track_key,
        snapshots.position,
        snapshots.listened_at,
        min(extractions.extraction_number) as first_extraction_number,
        min(snapshots.etl_updated_at) as etl_updated_at
    from snapshots
    inner join extractions on snapshots.extraction_id = extractions.extraction_id
    group by all

),

listens as (

    select
        shown.user_key,
        shown.track_key,
        shown.position,
        shown.listened_at,
        extractions.extraction_id as first_extraction_id,
        extractions.load_date as first_load_date,
        shown.etl_updated_at
    from shown
    inner join extractions on shown.first_extraction_number = extractions.extraction_number

)

select * from listens
