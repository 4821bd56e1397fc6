with

named as (

    select * from {{ ref('int_audience_labels_unioned') }}

),

labels as (

    select
        label_id,
        max(label_name) as label_name,
        max(label_type) as label_type
    from named
    group by label_id

)

select * from labels
