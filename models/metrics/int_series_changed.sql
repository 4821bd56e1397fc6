-- Which series hold something else than when they were judged last, or are judged by other rules.

-- a table of few rows, read beside all observations
{{ config(materialized='table') }}

with

series as (

    select * from {{ ref('int_series_ruled') }}

),

judged as (

    select * from {{ ref('stg_load_audit__judged_series') }}

),

newest as (

    select
        metric_id,
        max(last_date) as newest_date
    from series
    group by metric_id

),

-- one row per series, received or judged before
compared as (

    select
        coalesce(series.series_id, judged.series_id) as series_id,
        coalesce(series.observation_count, judged.observation_count) as observation_count,
        series.subject_id,
        series.metric_id,
        least(series.first_date, judged.first_date) as oldest_date,
        series.last_date,
        series.cadence_days,
        series.observation_count - judged.observation_count as added_count,
        series.fingerprint,
        series.rules_fingerprint,
        series.total_scale,
        judged.fingerprint as judged_fingerprint,
        judged.last_date as judged_last_date,
        series.series_id is null as is_vanished,
        coalesce(series.rules_fingerprint = judged.rules_fingerprint, false) as has_same_rules
    from series
    full outer join judged on series.series_id = judged.series_id
    where
        series.fingerprint is distinct from judged.fingerprint
        or series.rules_fingerprint is distinct from judged.rules_fingerprint

),

-- What changed is looked for in the newest days, within which platforms report again; first in as
-- many days as the new observations may fill, twice over.
changed as (

    select
        compared.*,
        case
            when compared.has_same_rules and compared.added_count > 0
                then greatest(compared.judged_last_date, cast({{ dbt.dateadd(
                    'day', '-2 * compared.cadence_days * compared.added_count', 'compared.last_date'
                ) }} as date))
        end as appended_after_date,
        case
            when compared.has_same_rules
                then cast({{ dbt.dateadd('day', -45, 'newest.newest_date') }} as date)
        end as looked_after_date
    from compared
    left join newest on compared.metric_id = newest.metric_id

)

select * from changed
