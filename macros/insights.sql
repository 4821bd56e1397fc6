{#- How many earlier windows say what is usual. -#}
{% macro earlier_window_count() -%}
    12
{%- endmacro %}

{#- An amount as a decimal, so that parts add up to their sum to the last digit in any order. Its whole part is cast by
    itself: a large double times a million would not be exact.

    amount: a SQL expression of type double. -#}
{% macro exact(amount) -%}
    cast(cast(trunc({{ amount }}) as hugeint) as decimal(38, 6))
    + cast({{ amount }} - trunc({{ amount }}) as decimal(38, 6))
{%- endmacro %}

{#- How far a move usually is from the usual one: a standard deviation of normal moves, and never less than a count or a
    rounded figure spreads by itself.

    usual: a SQL expression, the median of the moves; deviation: their median absolute deviation. -#}
{% macro usual_spread(usual, deviation) -%}
    greatest(1.4826 * {{ deviation }}, 0.05 * abs({{ usual }}), sqrt(abs({{ usual }})), 1)
{%- endmacro %}

{#- One row per series and earlier window whose ends were both observed: what lies between them. Window n is a whole number
    of weeks before, so that it has the same weekdays. The days are constant texts, so DuckDB reads a week of storage for
    each end, however long the window is; an end that was silent for longer is left out anyway. -#}
{% macro earlier_windows() -%}
    {%- set opens, closes = from_day(), to_day() -%}
    {%- set step = '7 * cast(ceil((' ~ closes ~ ' - ' ~ opens ~ ') / 7) as integer)' -%}
    {%- for number in range(1, earlier_window_count() | int + 1) %}
    {%- set back = ' - ' ~ number ~ ' * ' ~ step %}
    select
        {{ number }} as window_number,
        {{ opens }}{{ back }} as opened_date,
        {{ closes }}{{ back }} as closed_date,
        closing.series_id,
        opening.observed_date as start_observed_date,
        closing.observed_date as end_observed_date,
        opening.value as start_value,
        closing.value as end_value,
        closing.linked_value - coalesce(opening.linked_value, 0) as linked_change,
        closing.running_gain - coalesce(opening.running_gain, 0) as gained,
        closing.running_observations - coalesce(opening.running_observations, 0) as observed_days,
        closing.running_breaks - coalesce(opening.running_breaks, 0) as breaks,
        closing.running_breaks
    from {{ ref('fct_observations') }} as closing
    left join {{ ref('fct_observations') }} as opening
        on
            closing.series_id = opening.series_id
            and opening.observed_date
            between {{ opens }}{{ back }} - {{ var('anchor_lookback_days') }} and {{ opens }}{{ back }}
            and not opening.is_outlier
            and coalesce(opening.next_observed_date > {{ opens }}{{ back }}, true)
    where
        closing.observed_date
        between {{ closes }}{{ back }} - {{ var('anchor_lookback_days') }} and {{ closes }}{{ back }}
        and not closing.is_outlier
        and coalesce(closing.next_observed_date > {{ closes }}{{ back }}, true)
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
