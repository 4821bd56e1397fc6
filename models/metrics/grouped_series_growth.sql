-- What members add up to for their group, each by its weight. A percent must compare the same ones
-- at both ends, so those that came, went or cannot be compared are summed beside them.

with

growth as (

    select * from {{ ref('judged_series_growth') }}(from_date, to_date)

),

members as (

    select * from {{ ref('int_series_grouped') }}
    where is_additive

),

statuses as (

    select * from {{ ref('dim_growth_statuses') }}

),

-- one row per series and group
matched as (

    select
        members.subject,
        members.subject_type,
        members.name,
        members.member_type,
        members.weight,
        members.counted_by,
        growth.* exclude (subject_id, subject_type, name),  -- noqa: RF02
        growth.gained_before is not null
        and growth.is_pace_comparable
        and least(growth.anchored_days, growth.anchored_days_before) > 0
        and not (growth.kind = 'flow' and (growth.is_thin or growth.break_status is not null))
            as is_again,
        case
            when not members.counts then 'twin'
            when not growth.has_end and not growth.has_base then 'absent'
            when growth.kind = 'flow' and growth.has_end then 'same'
            when not growth.has_base then 'new'
            when not growth.has_end then 'lost'
            when growth.break_status is not null then 'restated'
            else 'same'
        end as part,
        statuses.status_rank
    from growth
    inner join members on growth.series_id = members.series_id
    inner join statuses on coalesce(growth.break_status, growth.status) = statuses.status

),

-- one row per group, metric and type of member
summed as (

    select
        subject,
        subject_type,
        name,
        platform,
        metric,
        unit,
        kind,
        member_type,
        is_partial,
        window_days,
        min_base,
        sum(weight * start_value) filter (where part = 'same') as start_value,
        min(start_observed_date) filter (where part = 'same') as start_observed_date,
        max(start_age_days) filter (where part = 'same') as start_age_days,
        sum(weight * end_value) filter (where part = 'same') as end_value,
        min(end_observed_date) filter (where part = 'same') as end_observed_date,
        max(end_age_days) filter (where part = 'same') as end_age_days,
        sum(weight * growth) filter (where part = 'same') as growth,
        {{ one_length(['anchored_days'], "part = 'same'") }} as anchored_days,
        {{ pace_sum('growth', 'anchored_days', "part = 'same'") }} as growth_per_day,
        sum(weight * gained_here) filter (where part = 'same') as gained,
        sum(weight * gained_before) filter (where part = 'same') as previous_gained,
        {{ comparable_sum('gained_here', 'anchored_days', "part = 'same' and is_again") }}
            as gained_again,
        {{ comparable_sum('gained_before', 'anchored_days_before', "part = 'same' and is_again") }}
            as gained_then,
        {{ whole_sum('observed_days', "part = 'same'") }} as observed_days,
        {{ whole_sum('expected_days', "part = 'same'") }} as expected_days,
        -- a member that is read too often makes up for none that is not read
        {{ whole_sum('least(observed_days, expected_days)', "part = 'same'") }} as covered_days,
        {{ whole_sum('correction_count', "part <> 'twin'") }} as correction_count,
        {{ whole_sum('restatement_count', "part <> 'twin'") }} as restatement_count,
        {{ whole_sum('reset_count', "part <> 'twin'") }} as reset_count,
        {{ whole_sum('relink_count', "part <> 'twin'") }} as relink_count,
        coalesce(bool_and(is_new) filter (where part <> 'twin'), false) as is_new,
        count(*) filter (where part = 'same') as same_count,
        count(*) filter (where part = 'new') as new_count,
        coalesce(sum(weight * end_value) filter (where part = 'new'), 0) as new_value,
        count(*) filter (where part = 'lost') as lost_count,
        coalesce(sum(weight * start_value) filter (where part = 'lost'), 0) as lost_value,
        count(*) filter (where part = 'restated') as restated_count,
        coalesce(sum(weight * (end_value - start_value)) filter (where part = 'restated'), 0)
            as restated_change,
        count(*) filter (where part = 'twin')
        - count(distinct counted_by) filter (where part = 'twin') as twin_count,
        -- if there is nothing to compare, the one that came closest says why
        coalesce(
            min(status_rank) filter (where part = 'restated'),
            max(status_rank) filter (where part <> 'twin')
        ) as reason_rank
    from matched
    group by all

)

select * from summed
