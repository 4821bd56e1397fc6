-- The series that a figure is made of: of a single subject its own, of a group those of its
-- members, a recording once; and over the platforms that may be added, those of each.

with

members as (

    select * from {{ ref('int_series_grouped') }}
    where
        counts
        and is_additive

),

series as (

    select * from {{ ref('int_series_described') }}

),

metrics as (

    select * from {{ ref('dim_metrics') }}

),

-- one row per series and group
parts as (

    select
        members.subject,
        members.subject_type,
        members.name,
        members.member_type,
        series.platform,
        series.metric,
        series.unit,
        series.kind,
        series.series_id,
        members.weight,
        series.subject_id = members.subject as is_single,
        metrics.add_over_platform <> 'never' as adds_up
    from series
    inner join members on series.series_id = members.series_id
    inner join metrics
        on
            series.platform = metrics.platform
            and series.metric = metrics.metric

),

spread_over as (

    select
        subject,
        member_type,
        metric,
        unit,
        kind
    from parts
    where
        adds_up
        and subject_type <> 'platform'
    group by subject, member_type, metric, unit, kind
    having min(platform) < max(platform)

),

united as (

    select
        subject,
        subject_type,
        name,
        member_type,
        platform,
        metric,
        unit,
        kind,
        series_id,
        weight,
        is_single
    from parts

    union all

    select
        parts.subject,
        parts.subject_type,
        parts.name,
        parts.member_type,
        'all' as platform,
        parts.metric,
        parts.unit,
        parts.kind,
        parts.series_id,
        parts.weight,
        false as is_single
    from parts
    inner join spread_over
        on
            parts.subject = spread_over.subject
            and parts.member_type = spread_over.member_type
            and parts.metric = spread_over.metric
            and parts.unit = spread_over.unit
            and parts.kind = spread_over.kind

)

select * from united
