-- The first day on which a series that not only got new days differs from what is held of it. If
-- its newest days do not explain its new fingerprint, it changed before them.

-- a table of few rows, read several times
{{ config(materialized='table') }}

with

changed as (

    select changed.*
    from {{ ref('int_series_changed') }} as changed
    left join {{ ref('int_changes_appended') }} as appended
        on changed.series_id = appended.series_id
    where appended.series_id is null

),

dates as (

    select * from {{ ref('dim_dates') }}

),

observations as (

    select * from {{ ref('int_observations_unioned') }}

),

held as (

    select * from {{ ref('stg_load_audit__held_observations') }}

),

since as (

    select min(looked_after_date) as looked_after_date
    from changed

),

-- days to join with, so that an engine skips the storage of all others
days as (

    select dates.day_date
    from dates
    inner join since on dates.day_date > since.looked_after_date

),

received_newly as (

    select
        changed.series_id,
        observations.observed_date,
        {{ row_hash([
            'observations.observed_date', 'observations.value', 'observations.linked_value',
        ]) }} as fingerprint
    from observations
    inner join days on observations.observed_date = days.day_date
    inner join changed
        on
            observations.subject_id = changed.subject_id
            and observations.metric_id = changed.metric_id
            and observations.observed_date > changed.looked_after_date

),

held_newly as (

    select
        changed.series_id,
        held.observed_date,
        held.row_fingerprint as fingerprint
    from held
    inner join days on held.observed_date = days.day_date
    inner join changed
        on
            held.series_id = changed.series_id
            and held.observed_date > changed.looked_after_date

),

-- one row per observation that came, went or changed
differing as (

    select
        coalesce(received_newly.series_id, held_newly.series_id) as series_id,
        coalesce(received_newly.observed_date, held_newly.observed_date) as observed_date,
        received_newly.fingerprint,
        held_newly.fingerprint as held_fingerprint
    from received_newly
    full outer join held_newly
        on
            received_newly.series_id = held_newly.series_id
            and received_newly.observed_date = held_newly.observed_date
    where received_newly.fingerprint is distinct from held_newly.fingerprint

),

explained as (

    select
        differing.series_id,
        min(differing.observed_date) as changed_date
    from differing
    inner join changed on differing.series_id = changed.series_id
    group by differing.series_id, changed.fingerprint, changed.judged_fingerprint
    -- what came and what went, and nothing else, leads from one fingerprint to the other
    having
        changed.fingerprint
        = changed.judged_fingerprint
        + coalesce(sum(differing.fingerprint), 0)
        - coalesce(sum(differing.held_fingerprint), 0)

)

select * from explained
