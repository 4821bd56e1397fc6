with

named as (

    select * from {{ ref('int_labels_named') }}

),

bridged as (

    select
        album_id,
        label_id
    from named
    where album_id is not null

)

select * from bridged
