-- As for tracks, an id alone names no user.

-- each of the many models that read this would rank all extractions again
{{ config(materialized='table') }}

with

users as (

    select * from {{ ref('int_listening_users_latest') }}

),

history as (

    select * from {{ ref('int_listening_history_resolved') }}
    where route = 'users'

),

identified as (

    select
        users.extraction_id,
        users.user_id,
        history.record_key as user_key,
        history.version,
        users.extraction_number,
        history.is_reused_id,
        users.first_name_hash,
        users.last_name_hash,
        users.email_hash,
        users.gender_hash,
        users.favorite_genres,
        users.is_email_valid,
        users.load_date,
        users.created_at,
        users.updated_at,
        users.etl_updated_at
    from users
    inner join history
        on
            users.extraction_id = history.extraction_id
            and users.user_id = history.listed_id

)

select * from identified
