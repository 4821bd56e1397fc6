-- The last place that sees who a user is: names, address and gender go on as keyed hashes.

-- a view would need the key wherever it is read
{{ config(materialized='table') }}

with

users as (

    select * from {{ ref('stg_moovitamix__users') }}

),

extractions as (

    select * from {{ ref('int_listening_extractions_dated') }}

),

-- pages may overlap, and one may show a user twice: the last showing counts
numbered as (

    select
        *,
        row_number() over (
            partition by extraction_id, user_id
            order by
                {{ answer_order(
                    'last', ties=['page_number', '_parent_row_id', '_index'], day='load_date'
                ) }}
        ) as showing_number
    from users

),

-- field by field: what the last showing leaves empty is what one before it says
shown as (

    select
        extraction_id,
        user_id,
        max_by(first_name, showing_number) filter (where first_name is not null)
            as first_name,
        max_by(last_name, showing_number) filter (where last_name is not null)
            as last_name,
        max_by(email, showing_number) filter (where email is not null)
            as email,
        max_by(gender, showing_number) filter (where gender is not null)
            as gender,
        max_by(favorite_genres, showing_number) filter (where favorite_genres is not null)
            as favorite_genres,
        max_by(created_at, showing_number) filter (where created_at is not null)
            as created_at,
        max_by(updated_at, showing_number) filter (where updated_at is not null)
            as updated_at
    from numbered
    group by extraction_id, user_id

),

-- one row per extraction and user
extracted as (

    select
        shown.extraction_id,
        shown.user_id,
        extractions.extraction_number,
        {{ masked('shown.first_name') }} as first_name_hash,
        {{ masked('shown.last_name') }} as last_name_hash,
        {{ masked('shown.email') }} as email_hash,
        {{ masked('shown.gender') }} as gender_hash,
        shown.favorite_genres,
        shown.email like '_%@_%._%' and shown.email not like '% %' as is_email_valid,
        extractions.load_date,
        shown.created_at,
        shown.updated_at,
        extractions.etl_updated_at
    from shown
    inner join extractions on shown.extraction_id = extractions.extraction_id

)

select * from extracted
