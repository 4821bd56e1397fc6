-- A source may send days again that say something else. Where two versions contradict each other by
-- more than a correction, the series changes its scale, and no percent is taken across.

with

boundaries as (

    select * from {{ ref('int_audience_restatements_found') }}

),

spend as (

    select * from {{ ref('int_leads_restatements_found') }}

),

restated as (

    select
        subject_id,
        metric_id,
        counted,
        observed_date,
        compared_date,
        older_value,
        newer_value
    from boundaries

    union all

    -- of what was spent on a day a later file says something else
    select
        subject_id,
        metric_id,
        counted,
        observed_date,
        observed_date as compared_date,
        older_value,
        newer_value
    from spend

),

subjects as (

    select * from {{ ref('dim_subjects') }}

),

described as (

    select
        restated.subject_id,
        subjects.name,
        restated.metric_id,
        restated.counted,
        restated.observed_date,
        restated.compared_date,
        restated.older_value,
        restated.newer_value,
        100 * (restated.newer_value - restated.older_value)
        / nullif(restated.older_value, 0) as restated_pct
    from restated
    inner join subjects on restated.subject_id = subjects.subject_id

)

select * from described
