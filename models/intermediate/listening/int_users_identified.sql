-- As for tracks, an id alone names no user. People change their address and their name, but not
-- the moment at which they registered: with another one it is another user, with another key.

-- each of the many models that read this would rank all extractions again
{{ config(materialized='table') }}

with

users as (

    select * from {{ ref('int_users_extracted') }}

),

named as (

    select
        extraction_id,
        user_id,
        extraction_number,
        coalesce(cast(created_at as varchar), '') as natural_key,
        md5(
            coalesce(first_name_hash, '')
            || chr(31) || coalesce(last_name_hash, '')
            || chr(31) || coalesce(email_hash, '')
            || chr(31) || coalesce(gender_hash, '')
            || chr(31) || coalesce(favorite_genres, '')
            || chr(31) || coalesce(cast(created_at as varchar), '')
            || chr(31) || coalesce(cast(updated_at as varchar), '')
        ) as content_hash
    from users

),

compared as (

    select
        extraction_id,
        user_id,
        extraction_number,
        min(extraction_number) over (
            partition by user_id, natural_key
        ) as first_extraction_number,
        lag(natural_key) over (
            partition by user_id order by extraction_number
        ) <> natural_key as is_reused_id,
        coalesce(
            lag(content_hash) over (
                partition by user_id order by extraction_number
            ) <> content_hash,
            true
        ) as is_new_version
    from named

),

numbered as (

    select
        extraction_id,
        user_id,
        coalesce(is_reused_id, false) as is_reused_id,
        dense_rank() over (
            partition by user_id order by first_extraction_number
        ) as identity_number,
        sum(case when is_new_version then 1 else 0 end) over (
            partition by user_id order by extraction_number
        ) as version
    from compared

),

identified as (

    select
        users.extraction_id,
        users.user_id,
        cast(users.user_id as varchar)
        || case
            when numbered.identity_number > 1 then '#' || cast(numbered.identity_number as varchar)
            else ''
        end as user_key,
        cast(numbered.version as integer) as version,
        users.extraction_number,
        numbered.is_reused_id,
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
    inner join numbered
        on
            users.extraction_id = numbered.extraction_id
            and users.user_id = numbered.user_id

)

select * from identified
