-- Only days since the first extraction count: of earlier ones no more than the latest history of
-- each user survives, which would look like growth.

with

listens as (

    select * from {{ ref('int_listens_deduplicated') }}

),

extractions as (

    select * from {{ ref('int_extractions_dated') }}

),

watched as (

    select
        min(load_date) as first_date,
        max(load_date) as last_date
    from extractions

),

-- one row per listen of those days
watched_listens as (

    select
        listens.user_key,
        listens.track_key,
        listens.listened_date as observed_date
    from listens
    inner join watched on listens.listened_date between watched.first_date and watched.last_date

)

select * from watched_listens
