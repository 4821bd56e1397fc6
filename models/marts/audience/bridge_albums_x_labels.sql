with

named as (

    select * from {{ ref('int_audience_labels_unioned') }}

),

bridged as (

    select
        album_id,
        label_id
    from named
    where album_id is not null

)

select * from bridged
