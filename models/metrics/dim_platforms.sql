with

platforms as (

    select * from {{ ref('platforms') }}

),

metrics as (

    select * from {{ ref('dim_metrics') }}

),

charts as (

    select * from {{ ref('dim_charts') }}

),

playlists as (

    select * from {{ ref('dim_playlists') }}

),

spoken_of as (

    select platform
    from metrics

    union distinct

    select platform
    from charts

    union distinct

    select platform
    from playlists

),

-- one row per platform; one that the catalogue lacks is called by its code
named as (

    select
        coalesce(platforms.platform, spoken_of.platform) as platform,
        coalesce(platforms.platform_name, spoken_of.platform) as platform_name,
        platforms.platform is not null as is_catalogued
    from platforms
    full outer join spoken_of on platforms.platform = spoken_of.platform
    where coalesce(platforms.platform, spoken_of.platform) is not null

)

select * from named
