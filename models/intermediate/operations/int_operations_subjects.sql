-- What we measure of ourselves, and the groups that it belongs to.

with

filtered as (

    select * from {{ ref('int_operations_observations_filtered') }}

),

named as (

    select
        subject_id,
        subject_type,
        measured_name
    from filtered

    union distinct

    select
        group_id as subject_id,
        split_part(group_id, ':', 1) as subject_type,
        substr(group_id, length(split_part(group_id, ':', 1)) + 2) as measured_name
    from filtered
    where group_id is not null

),

subjects as (

    select
        subject_id,
        subject_type,
        measured_name as name,
        cast(null as date) as began_on
    from named

)

select * from subjects
