with

filtered as (

    select * from {{ ref('int_operations_observations_filtered') }}

),

-- one row per subject and what it is part of: an endpoint of its source, a phase of its run
memberships as (

    select
        subject_id,
        group_id,
        split_part(group_id, ':', 1) as group_type,
        cast(1 as double) as weight,
        true as counts
    from filtered
    where group_id is not null
    group by subject_id, group_id

)

select * from memberships
