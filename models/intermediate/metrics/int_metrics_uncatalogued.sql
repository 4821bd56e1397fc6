-- A source that counts something new must not stop the build, nor be ignored: its numbers are kept
-- as a gauge, the kind that promises least: it may fall, and is never added to anything.

with

series as (

    select * from {{ ref('int_series_fingerprinted') }}

),

places as (

    select * from {{ ref('fct_place_observations') }}

),

metric_catalog as (

    select * from {{ ref('metric_catalog') }}

),

named as (

    select metric_id
    from series

    union distinct

    select metric_id
    from places
    where metric_id is not null

),

uncatalogued as (

    select
        named.metric_id,
        split_part(named.metric_id, ':', 1) as platform,
        substr(named.metric_id, length(split_part(named.metric_id, ':', 1)) + 2) as metric
    from named
    left join metric_catalog
        on named.metric_id = metric_catalog.platform || ':' || metric_catalog.metric
    where metric_catalog.platform is null

)

select * from uncatalogued
