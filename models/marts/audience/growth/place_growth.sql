-- How an artist's audience in a place grew: the last value by the end of the window, less the last
-- by its start; of a flow, the sum of the window beside that of the window before. A value that was
-- not listed within the window is no end of it.

with

windows as (

    select * from {{ ref('listed_place_growth') }}(from_date, to_date)

),

aged as (

    select
        *,
        {{ from_day() }} - start_observed_date as start_age_days,
        {{ to_day() }} - end_observed_date as end_age_days,
        case
            when kind <> 'flow' and {{ from_day() }} - start_observed_date <= max_age_days
                then value_before
        end as start_value,
        case
            when kind <> 'flow' and {{ to_day() }} - end_observed_date <= max_age_days
                then value_inside
        end as end_value
    from windows

),

known as (

    select
        *,
        case when kind = 'flow' then previous_summed else start_value end as base,
        case when kind = 'flow' then comparable_summed else start_value end as comparable,
        case when kind = 'flow' then summed else end_value - start_value end as growth,
        case when kind = 'flow' then summed else end_value end as reached,
        least(1, observed_days / expected_days) as coverage_ratio,
        least(observed_days, if(kind = 'flow', previous_observed_days, observed_days))
        < {{ var("coverage_floor") }} * expected_days as is_thin
    from aged

),

statuses as (

    select * from {{ ref('dim_growth_statuses') }}

),

-- the first that holds, in the order of growth_statuses
judged as (

    select
        *,
        case
            when end_observed_date is null and start_observed_date is null then 'no_end'
            when kind = 'flow' and summed is null then 'no_end'
            when start_observed_date is null then 'no_base'
            when kind = 'flow' and previous_summed is null then 'no_base'
            when kind <> 'flow' and end_value is null then 'stale_end'
            when kind <> 'flow' and start_value is null then 'stale_base'
            when base <= 0 then 'zero_base'
            when reset_count > 0 then 'reset_in_window'
            when scale_change_count > 0 then 'restated_in_window'
            when if(kind = 'flow', city_set_count > 1, has_other_cities)
                then 'relinked_in_window'
            when is_unconfirmed then 'unconfirmed_end'
            when is_thin then 'low_coverage'
            when base < min_base then 'low_base'
            when {{ to_day() }} > complete_through_date then 'partial_window'
            else 'ok'
        end as status
    from known

),

rated as (

    {{ with_percent() }}

),

described as (

    select
        place_id as subject,
        name,
        artist_credit,
        platform,
        metric,
        unit,
        {{ from_day() }} as from_date,
        {{ to_day() }} as to_date,
        start_value,
        start_observed_date,
        start_age_days,
        end_value,
        end_observed_date,
        end_age_days,
        growth,
        case when has_percent then 100 * (reached - comparable) / comparable end as growth_pct,
        observed_days,
        expected_days,
        coverage_ratio,
        status,
        kind,
        place_type as subject_type,
        place_country,
        artist_id,
        restatement_count,
        reset_count,
        relink_count
    from rated

)

select * from described
