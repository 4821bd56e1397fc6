-- A source may send days again that say something else. Where two versions contradict each other by
-- more than a correction, the series changes its scale, and no percent is taken across.

with

boundaries as (

    select * from {{ ref('int_audience_restatements_found') }}

),

subjects as (

    select * from {{ ref('dim_subjects') }}

),

described as (

    select
        boundaries.subject_id,
        subjects.name,
        boundaries.metric_id,
        boundaries.counted,
        boundaries.observed_date,
        boundaries.compared_date,
        boundaries.older_value,
        boundaries.newer_value,
        100 * (boundaries.newer_value - boundaries.older_value)
        / nullif(boundaries.older_value, 0) as restated_pct
    from boundaries
    inner join subjects on boundaries.subject_id = subjects.subject_id

)

select * from described
