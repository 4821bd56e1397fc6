-- A percent of a small number is easily large. A rank by percent needs a base; the score adds the
-- base to both ends instead, so that small numbers shrink towards no growth and none is left out:
-- not even zero, of which no percent exists, if nothing but that withholds the percent.

with

windows as (

    select * from {{ ref('growth_windows') }}

),

metrics as (

    select * from {{ ref('dim_metrics') }}

),

subjects as (

    select * from {{ ref('dim_subjects') }}

),

-- of twins one, or they would follow each other through the ranks
scored as (

    select
        windows.*,
        case when windows.status <> 'low_base' then windows.growth_pct end as ranked_pct,
        -- a flow has no stock: its window is compared with the one before
        case
            when metrics.kind = 'flow' then windows.gained
            else windows.end_value
        end as later_value,
        case
            when metrics.kind = 'flow' then windows.previous_gained
            else windows.start_value
        end as earlier_value,
        greatest(metrics.min_base, 1) as least_base
    from windows
    inner join metrics
        on
            windows.platform = metrics.platform
            and windows.metric = metrics.metric
    inner join subjects on windows.subject = subjects.subject_id
    where
        windows.window_name in ('7 days', '28 days')
        and subjects.is_primary

),

shrunk as (

    select
        *,
        case
            when
                earlier_value >= 0
                and later_value >= 0
                and is_rankable
                then ln((later_value + least_base) / (earlier_value + least_base))
        end as shrunk_score
    from scored

),

ranked as (

    select
        subject,
        subject_type,
        name,
        platform,
        metric,
        unit,
        window_name,
        from_date,
        to_date,
        start_value,
        end_value,
        growth,
        growth_pct,
        case
            when ranked_pct is not null then rank() over (
                partition by subject_type, platform, metric, window_name
                order by ranked_pct desc nulls last
            )
        end as pct_rank,
        shrunk_score,
        case
            when shrunk_score is not null then rank() over (
                partition by subject_type, platform, metric, window_name
                order by shrunk_score desc nulls last
            )
        end as score_rank,
        daily_rate_pct,
        previous_daily_rate_pct,
        momentum,
        status
    from shrunk

)

select * from ranked
