-- A usual listed day: days on which a place was not listed are not known, and none is made up.

with

windows as (

    select * from {{ ref('listed_place_growth') }}(from_date, to_date)

),

averaged as (

    select
        place_id as subject,
        name,
        artist_credit,
        platform,
        metric,
        unit,
        {{ from_day() }} as from_date,
        {{ to_day() }} as to_date,
        confirmed_sum / confirmed_days as average_per_observed_day,
        case
            when {{ to_day() }} - confirmed_date <= max_age_days then confirmed_value
        end as latest_value,
        confirmed_days as observed_days,
        expected_days,
        least(1, confirmed_days / expected_days) as coverage_ratio,
        kind,
        place_type as subject_type,
        place_country,
        artist_id,
        cast(case when changes_scale then 1 else 0 end as bigint) as rescaled_count
    from windows
    where confirmed_days > 0

)

select * from averaged
