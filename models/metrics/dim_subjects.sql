-- The one list of everything whose audience is counted, and of every group that such things belong
-- to: growth, averages and alerts find a name for what they speak of.

with

received as (

    select * from {{ ref('int_subjects_received') }}

),

-- one row per subject; a genre may come from two domains
subjects as (

    select
        subject_id,
        subject_type,
        coalesce(min(name), '(untitled)') as name,
        min(began_on) as began_on,
        min(counted_by) as counted_by,
        bool_and(is_primary) as is_primary,
        bool_or(is_composed) as is_composed
    from received
    group by subject_id, subject_type

),

composed as (

    select counted_by as subject_id
    from subjects
    where counted_by is not null
    group by counted_by

),

described as (

    select
        subjects.subject_id,
        subjects.subject_type,
        subjects.name,
        subjects.began_on,
        subjects.counted_by,
        subjects.is_primary,
        -- its observations are those of other subjects, so nothing may count both
        subjects.is_composed or composed.subject_id is not null as is_composed
    from subjects
    left join composed on subjects.subject_id = composed.subject_id

)

select * from described
