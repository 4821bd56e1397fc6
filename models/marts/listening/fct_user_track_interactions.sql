-- The user-item matrix, sparse: a pair that is not here is zero.

with

listens as (

    select * from {{ ref('fct_listens') }}

),

extractions as (

    select * from {{ ref('int_listening_extractions_dated') }}

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

-- a window over the pairs would sort all of them
totals as (

    select
        user_key,
        cast(sum(listen_count) as bigint) as listen_count
    from pairs
    group by user_key

),

interactions as (

    select
        pairs.user_key,
        pairs.track_key,
        pairs.listen_count,
        cast(pairs.listen_count as double) / totals.listen_count as frequency_ratio,
        {{ days_between('cast(pairs.last_listened_at as date)', 'as_of.load_date') }}
            as recency_days,
        pairs.first_listened_at,
        pairs.last_listened_at
    from pairs
    inner join totals on pairs.user_key = totals.user_key
    cross join as_of

)

select * from interactions
