with

listens as (

    select * from {{ ref('int_listening_listens_joined') }}

),

-- one row per extraction, user and place in the user's history
accepted as (

    select
        extraction_id,
        user_id,
        track_id,
        position,
        user_key,
        user_version,
        track_key,
        track_version,
        load_date,
        listened_at,
        etl_updated_at
    from listens
    where quarantine_reason is null

)

select * from accepted
