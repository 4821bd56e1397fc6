-- What was listed in a window and in the one before it, and the last values by the ends of both.

with

places as (

    select * from {{ ref('int_places_described') }}

),

observations as (

    select * from {{ ref('int_place_days_judged') }}

),

dated as (

    select
        places.*,
        observations.observed_date,
        observations.value,
        observations.cities_key,
        observations.running_restatements,
        observations.running_resets,
        observations.running_relinks,
        observations.running_restatements + observations.running_resets
        + observations.running_relinks as scale_number,
        observations.is_unsettled,
        {{ to_day() }} - {{ from_day() }} as window_days,
        observations.observed_date > {{ from_day() }} as is_inside,
        observations.observed_date <= {{ from_day() }}
        and observations.observed_date
        > {{ from_day() }} - cast({{ to_day() }} - {{ from_day() }} as integer) as is_before,
        observations.observed_date > {{ from_day() }}
        and not observations.is_unsettled as is_confirmed
    from places
    inner join observations
        on
            places.place_id = observations.place_id
            and places.metric_id = observations.metric_id
    where
        observations.observed_date <= {{ to_day() }}
        and if({{ to_day() }} > {{ from_day() }}, true, error('to_date must be after from_date'))

),

-- one row per artist, metric and place
spanned as (

    select
        place_id,
        name,
        artist_credit,
        artist_id,
        place_type,
        place_country,
        platform,
        metric,
        unit,
        kind,
        min_base,
        cadence_days,
        max_age_days,
        complete_through_date,
        greatest(1, window_days // cadence_days) as expected_days,
        max(observed_date) filter (where not is_inside) as start_observed_date,
        max_by(value, observed_date) filter (where not is_inside) as value_before,
        max(observed_date) filter (where is_inside) as end_observed_date,
        max_by(value, observed_date) filter (where is_inside) as value_inside,
        -- a country that is a sum of other cities than before
        max_by(cities_key, observed_date) filter (where not is_inside)
        <> max_by(cities_key, observed_date) filter (where is_inside) as has_other_cities,
        count(distinct cities_key) filter (where is_inside or is_before) as city_set_count,
        max(running_restatements)
        - coalesce(max(running_restatements) filter (where not is_inside), 0) as restatement_count,
        -- of a flow both windows must have one scale
        max(running_restatements) - coalesce(
            max(running_restatements) filter (
                where not is_inside and not (kind = 'flow' and is_before)
            ),
            0
        ) as scale_change_count,
        max(running_resets)
        - coalesce(max(running_resets) filter (where not is_inside), 0) as reset_count,
        max(running_relinks)
        - coalesce(max(running_relinks) filter (where not is_inside), 0) as relink_count,
        max(scale_number) filter (where is_confirmed)
        > min(scale_number) filter (where is_confirmed) as changes_scale,
        bool_or(is_unsettled) as is_unconfirmed,
        count(*) filter (where is_inside) as observed_days,
        count(*) filter (where is_before) as previous_observed_days,
        sum(value) filter (where is_inside) as summed,
        sum(value) filter (where is_before) as previous_summed,
        -- windows of as many days may have four weekly lists or five
        case
            when max(cadence_days) > 1
                then
                    sum(value) filter (where is_before) * count(*) filter (where is_inside)
                    / count(*) filter (where is_before)
            else sum(value) filter (where is_before)
        end as comparable_summed,
        count(*) filter (where is_confirmed) as confirmed_days,
        max(observed_date) filter (where is_confirmed) as confirmed_date,
        max_by(value, observed_date) filter (where is_confirmed) as confirmed_value,
        sum(value) filter (where is_confirmed) as confirmed_sum
    from dated
    group by all

)

select * from spanned
