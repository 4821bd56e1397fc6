{#- The first day of a table function's window. A macro, because a unit test can give a macro a value, but not a
    parameter. -#}
{% macro from_day() -%}
    cast(from_date as date)
{%- endmacro %}

{#- The last day of a table function's window, see `from_day`. -#}
{% macro to_day() -%}
    cast(to_date as date)
{%- endmacro %}

{#- One row per series that had been observed by `day`: its latest sound observation by then, with the totals so far.
    That is the one whose next observation is later. The range of days is constant text, so DuckDB skips all storage but
    those days; an older observation is found as the beginning of a silence.

    day: a SQL expression of type date, without columns. -#}
{% macro window_anchor(day) -%}
    select
        series_id,
        observed_date,
        value,
        linked_value,
        running_gain,
        running_value_days,
        running_observations,
        running_breaks
    from {{ ref('fct_observations') }}
    where
        observed_date between {{ day }} - {{ var('anchor_lookback_days') }} and {{ day }}
        and not is_outlier
        and (next_observed_date > {{ day }} or next_observed_date is null)

    union all

    select
        series_id,
        silent_from_date as observed_date,
        value,
        linked_value,
        running_gain,
        running_value_days,
        running_observations,
        running_breaks
    from {{ ref('fct_silences') }}
    where
        silent_from_date < {{ day }} - {{ var('anchor_lookback_days') }}
        and (silent_until_date > {{ day }} or silent_until_date is null)
{%- endmacro %}
