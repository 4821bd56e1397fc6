-- One pass over all that was received says which series there are and what each one holds, so that
-- a build judges those again that differ from what it holds, whatever changed them.

-- a table: several models read it, and it costs a pass over all observations
{{ config(materialized='table') }}

with

observations as (

    select * from {{ ref('int_observations_unioned') }}

),

-- one row per subject and metric
series as (

    select
        subject_id,
        metric_id,
        min(observed_date) as first_date,
        max(observed_date) as last_date,
        count(*) as observation_count,
        sum({{ row_hash(['observed_date', 'value', 'linked_value']) }}) as fingerprint,
        coalesce(
            sum({{ row_hash(['observed_date']) }}) filter (where is_restated), 0
        ) as boundaries_fingerprint,
        max(abs(value) + abs(linked_value)) as largest_size,
        bool_or(value <> floor(value) or linked_value <> floor(linked_value)) as has_fractions
    from observations
    group by all

),

-- no total of the series is larger than this: the days that values are carried over, and each rise
-- and fall once
bounded as (

    select
        *,
        largest_size * (
            2 * observation_count + {{ days_between('first_date', 'last_date') }} + 1
        ) as largest_total
    from series

),

-- A double is exact to 53 binary digits. What is added to a total is rounded to multiples of one
-- over total_scale, so that totals are exact, and the same from wherever they are counted.
keyed as (

    select
        {{ series_key('subject_id', 'metric_id') }} as series_id,
        subject_id,
        metric_id,
        first_date,
        last_date,
        observation_count,
        fingerprint,
        boundaries_fingerprint,
        case
            when not has_fractions and largest_total < power(2, 52) then 1
            else power(2, least(20, 52 - ceil(log2(greatest(largest_total, 1)))))
        end as total_scale
    from bounded

)

select * from keyed
