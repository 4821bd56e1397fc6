with

listens as (

    select * from {{ ref('int_listens_deduplicated') }}

),

events as (

    select
        user_key,
        track_key,
        position,
        listened_at,
        first_load_date,
        etl_updated_at
    from listens

)

select * from events
