-- Where a subject stands among all of its type, by what it gained in 28 days or by its level.

with

averages as (

    select * from {{ ref('mover_averages') }}({{ to_day() }} - 28, to_date)

),

movers as (

    select * from {{ ref('dim_movers') }}

),

subjects as (

    select * from {{ ref('dim_subjects') }}

),

-- of twins one; an index and a rank have no size, and a platform no peers
sized as (

    select
        movers.subject,
        movers.subject_type,
        movers.name,
        movers.member_type,
        movers.platform,
        movers.metric,
        movers.unit,
        movers.kind,
        averages.size,
        averages.coverage_ratio,
        averages.is_all_unconfirmed,
        case when not averages.is_all_unconfirmed then averages.size end as ranked_size
    from averages
    inner join movers on averages.mover_id = movers.mover_id
    inner join subjects on movers.subject = subjects.subject_id
    where
        movers.kind <> 'index'
        and subjects.is_primary

),

ranked as (

    select
        *,
        case when ranked_size is not null then rank() over likes end as size_rank,
        count(ranked_size) over likes_all as subject_count
    from sized
    window
        likes as (
            partition by subject_type, member_type, platform, metric, unit
            order by ranked_size desc nulls last
        ),
        likes_all as (partition by subject_type, member_type, platform, metric, unit)

),

described as (

    select
        subject,
        subject_type,
        name,
        member_type,
        platform,
        metric,
        unit,
        kind,
        size,
        size_rank,
        subject_count,
        100 * size_rank / subject_count as rank_pct,
        -- the limits of Soundcharts: 0.03 %, 0.2 % and 1 %, one after the other
        case
            when ranked_size is null then null
            when size_rank <= 0.0003 * subject_count then 'superstar'
            when size_rank <= 0.0023 * subject_count then 'mainstream'
            when size_rank <= 0.0123 * subject_count then 'mid-level'
            else 'developing'
        end as stage,
        case
            when ranked_size is null then null
            when subject_count < 100 then 'low'
            when coverage_ratio < {{ var('coverage_floor') }} then 'medium'
            else 'high'
        end as certainty,
        case
            when is_all_unconfirmed then 'unconfirmed_end'
            when size is null then 'no_base'
            when subject_count < 10 then 'few_peers'
            when coverage_ratio < {{ var('coverage_floor') }} then 'low_coverage'
            else 'ok'
        end as status
    from ranked

)

select * from described
