with

listens as (

    select * from {{ ref('int_listens_deduplicated') }}

),

events as (

    select
        md5(
            user_key
            || '|' || track_key
            || '|' || cast(position as varchar)
            || '|' || cast(listened_at as varchar)
        ) as listen_id,
        user_key,
        track_key,
        position,
        listened_at,
        first_load_date,
        etl_updated_at
    from listens

)

select * from events
