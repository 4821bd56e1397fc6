{#- One row per series that had been observed by `day`: its latest sound observation by then, with the totals so far.
    The range of days is constant text, so DuckDB skips all storage but those days; an older observation is found as
    the beginning of a silence. Latest day first, row second: three times faster than `max_by` of every column.

    day: a SQL expression of type date, without columns. -#}
{% macro window_anchor(day) -%}
    select
        observations.series_id,
        observations.observed_date,
        observations.value,
        observations.running_gain,
        observations.running_value_days,
        observations.running_observations,
        observations.running_corrections,
        observations.running_restatements,
        observations.running_resets
    from {{ ref('fct_observations') }} as observations
    inner join (
        select
            series_id,
            max(observed_date) as observed_date
        from {{ ref('fct_observations') }}
        where
            observed_date between {{ day }} - {{ var('anchor_lookback_days') }} and {{ day }}
            and not is_outlier
        group by series_id
    ) as latest
        on
            observations.series_id = latest.series_id
            and observations.observed_date = latest.observed_date
    where observations.observed_date between {{ day }} - {{ var('anchor_lookback_days') }} and {{ day }}

    union all

    select
        series_id,
        silent_from_date as observed_date,
        value,
        running_gain,
        running_value_days,
        running_observations,
        running_corrections,
        running_restatements,
        running_resets
    from {{ ref('fct_silences') }}
    where
        silent_from_date < {{ day }} - {{ var('anchor_lookback_days') }}
        and coalesce(silent_until_date, date '9999-12-31') > {{ day }}
{%- endmacro %}
