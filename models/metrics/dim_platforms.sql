with

platforms as (

    select * from {{ ref('platforms') }}

),

named as (

    select
        platform,
        platform_name
    from platforms

)

select * from named
