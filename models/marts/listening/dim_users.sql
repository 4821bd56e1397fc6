with

users as (

    select * from {{ ref('int_listening_users_resolved') }}

),

-- one row per user id and version: what all its extractions agree on
versions as (

    select
        user_id,
        version,
        user_key,
        max(first_name_hash) as first_name_hash,
        max(last_name_hash) as last_name_hash,
        max(email_hash) as email_hash,
        max(gender_hash) as gender_hash,
        max(favorite_genres) as favorite_genres,
        min(load_date) as load_date,
        max(load_date) as last_load_date,
        max(created_at) as created_at,
        max(updated_at) as updated_at,
        min(etl_updated_at) as etl_updated_at
    from users
    group by all

),

history as (

    select
        user_id,
        version,
        user_key,
        first_name_hash,
        last_name_hash,
        email_hash,
        gender_hash,
        favorite_genres,
        lead(version) over (
            partition by user_id order by version
        ) is null as is_newest_version,
        load_date,
        lead(load_date) over (
            partition by user_id order by version
        ) as next_version_date,
        last_load_date,
        created_at,
        updated_at,
        etl_updated_at
    from versions

)

select * from history
