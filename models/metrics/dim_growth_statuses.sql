with

growth_statuses as (

    select * from {{ ref('growth_statuses') }}

),

statuses as (

    select
        status,
        status_rank,
        has_percent,
        label_en,
        label_fr,
        meaning,
        meaning_fr
    from growth_statuses

)

select * from statuses
