-- What songs add up to for their artist and their platform, of each recording one, and artists for
-- their platform. A percent must compare the same ones at both ends, so those that came, went or
-- were restated stand beside them.

with

growth as (

    select * from {{ ref('series_growth') }}(from_date, to_date)

),

members as (

    select * from {{ ref('int_series_grouped') }}

),

platforms as (

    select * from {{ ref('platform_completeness') }}

),

-- one row per series and group
matched as (

    select
        members.subject,
        members.subject_type,
        members.name,
        members.member_type,
        members.min_base,
        growth.* exclude (subject, subject_type, name),  -- noqa: RF02
        {{ to_day() }} > platforms.complete_through_date as is_partial,
        case
            when not members.is_primary_recording then 'twin'
            when growth.start_value is null and growth.end_value is null then 'absent'
            when growth.start_value is null then 'new'
            when growth.end_value is null then 'lost'
            when growth.restatement_count + growth.reset_count > 0 then 'restated'
            else 'same'
        end as part
    from growth
    inner join members on growth.series_id = members.series_id
    inner join platforms on growth.platform = platforms.platform
    where members.is_additive

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
        member_type,
        is_partial,
        min_base,
        sum(start_value) filter (where part = 'same') as start_value,
        min(start_observed_date) filter (where part = 'same') as start_observed_date,
        max(start_age_days) filter (where part = 'same') as start_age_days,
        sum(end_value) filter (where part = 'same') as end_value,
        min(end_observed_date) filter (where part = 'same') as end_observed_date,
        max(end_age_days) filter (where part = 'same') as end_age_days,
        sum(gained) filter (where part = 'same') as gained,
        sum(previous_gained) filter (where part = 'same') as previous_gained,
        sum(gained) filter (where part = 'same' and previous_gained is not null) as gained_again,
        cast(
            coalesce(sum(observed_days) filter (where part = 'same'), 0) as bigint
        ) as observed_days,
        cast(
            coalesce(sum(expected_days) filter (where part = 'same'), 0) as bigint
        ) as expected_days,
        cast(
            coalesce(sum(correction_count) filter (where part <> 'twin'), 0) as bigint
        ) as correction_count,
        cast(
            coalesce(sum(restatement_count) filter (where part <> 'twin'), 0) as bigint
        ) as restatement_count,
        cast(
            coalesce(sum(reset_count) filter (where part <> 'twin'), 0) as bigint
        ) as reset_count,
        coalesce(bool_and(is_new) filter (where part <> 'twin'), false) as is_new,
        count(*) filter (where part = 'same') as same_count,
        count(*) filter (where part = 'new') as new_count,
        coalesce(sum(end_value) filter (where part = 'new'), 0) as new_value,
        count(*) filter (where part = 'lost') as lost_count,
        coalesce(sum(start_value) filter (where part = 'lost'), 0) as lost_value,
        count(*) filter (where part = 'restated') as restated_count,
        coalesce(sum(end_value - start_value) filter (where part = 'restated'), 0)
            as restated_change,
        coalesce(sum(end_value) filter (where part <> 'twin'), 0)
        - coalesce(sum(start_value) filter (where part <> 'twin'), 0) as total_change,
        count(*) filter (where part = 'twin') as twin_count,
        sum(end_value - start_value) filter (
            where part in ('same', 'twin') and restatement_count + reset_count = 0
        ) as growth_with_twins,
        -- where there is nothing to compare, the song that came closest says why
        max(list_position(['no_end', 'no_base', 'stale_end', 'stale_base'], status)) filter (
            where part <> 'twin'
        ) as reason
    from matched
    group by all

)

select * from summed
