-- What the figure of a group is made of. Platforms are groups by nature; what is counted of artists
-- is never added to what is counted of songs.

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

    select * from {{ ref('int_audience_memberships') }}

),

members as (

    select
        series.series_id,
        metrics.platform,
        metrics.min_base,
        metrics.add_over_platform <> 'never' as is_additive,
        memberships.group_id,
        memberships.member_type,
        memberships.twin_of
    from series
    inner join metrics on series.metric_id = metrics.metric_id
    inner join memberships on series.subject_id = memberships.subject_id

),

grouped as (

    select
        members.series_id,
        subjects.subject_id as subject,
        subjects.subject_type,
        subjects.name,
        members.member_type,
        members.min_base,
        members.twin_of,
        -- one artist needs no adding up
        members.is_additive or members.member_type = 'artist' as is_additive
    from members
    inner join subjects on members.group_id = subjects.subject_id

    union all

    select
        members.series_id,
        'platform:' || platforms.platform as subject,
        'platform' as subject_type,
        platforms.platform_name as name,
        members.member_type,
        members.min_base,
        members.twin_of,
        members.is_additive
    from members
    inner join platforms on members.platform = platforms.platform
    group by all

)

select * from grouped
