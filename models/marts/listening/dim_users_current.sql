with

users as (

    select * from {{ ref('int_listening_users_resolved') }}

),

ranked as (

    select
        user_key,
        user_id,
        first_name_hash,
        last_name_hash,
        email_hash,
        gender_hash,
        load_date,
        created_at,
        updated_at,
        etl_updated_at,
        row_number() over (
            partition by user_key order by extraction_number desc
        ) as newness_rank
    from users

),

-- one row per user, as the newest extraction that has it shows it
current_users as (

    select
        user_key,
        user_id,
        first_name_hash,
        last_name_hash,
        email_hash,
        gender_hash,
        load_date as last_load_date,
        created_at,
        updated_at,
        etl_updated_at
    from ranked
    where newness_rank = 1

)

select * from current_users
