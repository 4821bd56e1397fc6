-- What was listed in a window and in the one before it, and the last values by the ends of both.

with

places as (

    select * from {{ ref('int_places_described') }}

),

observations as (

    select * from {{ ref('int_place_days_listed') }}

),

dated as (

    select
        places.*,
        observations.observed_date,
        observations.value,
        observations.cities_key,
        {{ to_day() }} - {{ from_day() }} as window_days,
        observations.observed_date > {{ from_day() }} as is_inside,
        observations.observed_date <= {{ from_day() }}
        and observations.observed_date
        > {{ from_day() }} - cast({{ to_day() }} - {{ from_day() }} as integer) as is_before
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
        max_by(coalesce(cities_key, 0), observed_date) filter (where not is_inside)
        <> max_by(coalesce(cities_key, 0), observed_date) filter (where is_inside)
            as has_other_cities,
        count(distinct coalesce(cities_key, 0)) filter (where is_inside or is_before)
            as city_set_count,
        count(*) filter (where is_inside) as observed_days,
        count(*) filter (where is_before) as previous_observed_days,
        sum(value) filter (where is_inside) as summed,
        sum(value) filter (where is_before) as previous_summed
    from dated
    group by all

)

select * from spanned
