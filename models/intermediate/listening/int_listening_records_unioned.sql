with

tracks as (

    select * from {{ ref('int_listening_tracks_resolved') }}

),

users as (

    select * from {{ ref('int_listening_users_resolved') }}

),

histories as (

    select * from {{ ref('int_listening_histories_latest') }}

),

records as (

    select
        'tracks' as route,
        extraction_id,
        extraction_number,
        track_key as record_key,
        case
            when
                track_name is null
                or artist is null
                or songwriters is null
                or genres is null
                or album is null
                or duration_text is null
                then 1
            else 0
        end as null_count,
        case when created_at is null or updated_at is null then 1 else 0 end as invalid_time_count,
        0 as invalid_email_count,
        case when updated_at < created_at then 1 else 0 end as updated_before_created_count
    from tracks

    union all

    select
        'users' as route,
        extraction_id,
        extraction_number,
        user_key as record_key,
        case
            when
                first_name_hash is null
                or last_name_hash is null
                or email_hash is null
                or gender_hash is null
                or favorite_genres is null
                then 1
            else 0
        end as null_count,
        case when created_at is null or updated_at is null then 1 else 0 end as invalid_time_count,
        case when is_email_valid then 0 else 1 end as invalid_email_count,
        case when updated_at < created_at then 1 else 0 end as updated_before_created_count
    from users

    union all

    select
        'listen_history' as route,
        extraction_id,
        extraction_number,
        -- a user who begins another history has a new one
        coalesce(cast(user_id as string), '') || ' ' || coalesce(cast(created_at as string), '')
            as record_key,
        case when user_id is null then 1 else 0 end as null_count,
        case when created_at is null or updated_at is null then 1 else 0 end as invalid_time_count,
        0 as invalid_email_count,
        case when updated_at < created_at then 1 else 0 end as updated_before_created_count
    from histories

),

-- one row per extraction, route and record
checked as (

    select
        extraction_id,
        route,
        null_count,
        invalid_time_count,
        invalid_email_count,
        updated_before_created_count,
        row_number() over (
            partition by route, record_key order by extraction_number
        ) = 1 as is_new_record
    from records

)

select * from checked
