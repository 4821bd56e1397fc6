-- What the figure of a group is made of. Every subject is a group of its own, and platforms are
-- groups by nature. Two types of member are never added, nor a subject made of others to them.

with

series as (

    select * from {{ ref('dim_series') }}

),

metrics as (

    select * from {{ ref('dim_metrics') }}

),

platforms as (

    select * from {{ ref('dim_platforms') }}

),

subjects as (

    select * from {{ ref('dim_subjects') }}

),

memberships as (

    select * from {{ ref('int_memberships_received') }}

),

-- a recording is of the type of the songs that it counts for
composed as (

    select
        counted_by as subject_id,
        min(subject_type) as member_type
    from subjects
    where counted_by is not null
    group by counted_by

),

members as (

    select
        series.series_id,
        series.subject_id,
        subjects.subject_type,
        subjects.name,
        subjects.counted_by,
        coalesce(composed.member_type, subjects.subject_type) as member_type,
        subjects.is_composed and composed.subject_id is null as is_sum,
        metrics.platform,
        metrics.min_base,
        metrics.add_over_platform <> 'never' as is_additive
    from series
    inner join metrics on series.metric_id = metrics.metric_id
    inner join subjects on series.subject_id = subjects.subject_id
    left join composed on series.subject_id = composed.subject_id

),

grouped as (

    -- one needs no adding up
    select
        series_id,
        subject_id as subject,
        subject_type,
        name,
        subject_type as member_type,
        min_base,
        cast(1 as double) as weight,
        true as counts,
        cast(null as string) as counted_by,
        true as is_additive
    from members

    union all

    select
        members.series_id,
        memberships.group_id as subject,
        memberships.group_type as subject_type,
        subjects.name,
        members.member_type,
        members.min_base,
        memberships.weight,
        memberships.counts,
        members.counted_by,
        members.is_additive
    from members
    inner join memberships on members.subject_id = memberships.subject_id
    inner join subjects on memberships.group_id = subjects.subject_id

    union all

    select
        members.series_id,
        'platform:' || platforms.platform as subject,
        'platform' as subject_type,
        platforms.platform_name as name,
        members.member_type,
        members.min_base,
        cast(1 as double) as weight,
        members.counted_by is null as counts,
        members.counted_by,
        members.is_additive
    from members
    inner join platforms on members.platform = platforms.platform
    where not members.is_sum

)

select * from grouped
