with

named as (

    select * from {{ ref('int_audience_labels_unioned') }}

),

bridged as (

    select
        song_id,
        label_id
    from named
    where song_id is not null

)

select * from bridged
