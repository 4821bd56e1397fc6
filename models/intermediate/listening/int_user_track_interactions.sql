-- The user-item matrix, sparse: a pair that is not here is zero.

with

listens as (

    select * from {{ ref('int_listens_deduplicated') }}

),

extractions as (

    select * from {{ ref('int_extractions_dated') }}

),

as_of as (

    select max(load_date) as load_date
    from extractions

),

-- one row per user and track
pairs as (

    select
        user_key,
        track_key,
        count(*) as listen_count,
        min(listened_at) as first_listened_at,
        max(listened_at) as last_listened_at
    from listens
    group by all

),

interactions as (

    select
        pairs.user_key,
        pairs.track_key,
        pairs.listen_count,
        cast(pairs.listen_count as double)
        / sum(pairs.listen_count) over (partition by pairs.user_key) as frequency_ratio,
        {{ dbt.datediff('pairs.last_listened_at', 'as_of.load_date', 'day') }}
            as recency_days,
        pairs.first_listened_at,
        pairs.last_listened_at
    from pairs
    cross join as_of

)

select * from interactions
