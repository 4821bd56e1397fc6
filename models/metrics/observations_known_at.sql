-- A row knows of the one after it since that one came, not since its own build: so the day after is
-- taken only if it was known, too.

with

versions as (

    select * from {{ ref('fct_observation_versions') }}

),

known as (

    select *
    from versions
    where
        known_from < {{ known_before() }}
        and coalesce(known_until >= {{ known_before() }}, true)

),

newest as (

    select
        series_id,
        max(observed_date) as newest_date
    from known
    where not is_outlier
    group by series_id

),

observed as (

    select
        known.series_id,
        known.observed_date,
        known.value,
        known.linked_value,
        known.change,
        known.span_days,
        case
            when known.next_observed_date <= newest.newest_date then known.next_observed_date
        end as next_observed_date,
        known.change_class,
        known.is_outlier,
        known.running_gain,
        known.running_value_days,
        known.running_observations,
        known.running_breaks,
        known.running_corrections,
        known.running_restatements,
        known.running_resets,
        known.running_relinks,
        known.known_from
    from known
    left join newest on known.series_id = newest.series_id

)

select * from observed
