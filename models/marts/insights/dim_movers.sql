-- Whose figures may move: each subject on each platform, and over the platforms that may be added.
-- A number stands for all of it, so that a function adds up by one integer.

with

parts as (

    select * from {{ ref('int_mover_parts') }}

),

movers as (

    select
        subject,
        subject_type,
        name,
        member_type,
        platform,
        metric,
        unit,
        kind,
        max(case when is_single then series_id end) as series_id
    from parts
    group by all

),

numbered as (

    select
        row_number() over (
            order by subject, member_type, platform, metric, unit, kind
        ) as mover_id,
        subject,
        subject_type,
        name,
        member_type,
        platform,
        metric,
        unit,
        kind,
        series_id
    from movers

)

select * from numbered
