with

observations as (

    select * from {{ ref('int_observations_keyed') }}

),

excursions as (

    select * from {{ ref('int_excursions_found') }}

),

judged as (

    select
        observations.series_id,
        observations.observed_date,
        observations.value,
        observations.linked_value,
        coalesce(excursions.is_restated, observations.is_restated) as is_restated,
        coalesce(excursions.is_outlier, false) as is_outlier
    from observations
    left join excursions
        on
            observations.series_id = excursions.series_id
            and observations.observed_date = excursions.observed_date

)

select * from judged
