with

taken_film_days as (

    select * from {{ source('load_audit', 'taken_film_days') }}

),

renamed as (

    select
        answer_kind,
        _load_id,
        snapshot_date,
        spoken_count
    from taken_film_days

)

select * from renamed
