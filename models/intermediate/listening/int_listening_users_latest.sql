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

-- pages may overlap: the last page that shows a user counts
ranked as (

    select
        extraction_id,
        user_id,
        first_name,
        last_name,
        email,
        gender,
        favorite_genres,
        created_at,
        updated_at,
        row_number() over (
            partition by extraction_id, user_id
            order by
                {{ answer_order(
                    ties=['page_number', '_parent_row_id', '_index'], day='load_date'
                ) }}
        ) as showing_rank
    from users

),

-- one row per extraction and user
extracted as (

    select
        ranked.extraction_id,
        ranked.user_id,
        extractions.extraction_number,
        {{ masked('ranked.first_name') }} as first_name_hash,
        {{ masked('ranked.last_name') }} as last_name_hash,
        {{ masked('ranked.email') }} as email_hash,
        {{ masked('ranked.gender') }} as gender_hash,
        ranked.favorite_genres,
        ranked.email like '_%@_%._%' and ranked.email not like '% %' as is_email_valid,
        extractions.load_date,
        ranked.created_at,
        ranked.updated_at,
        extractions.etl_updated_at
    from ranked
    inner join extractions on ranked.extraction_id = extractions.extraction_id
    where ranked.showing_rank = 1

)

select * from extracted
