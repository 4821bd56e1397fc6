{#- Why a value cannot be what was counted, a kind of `finding_kinds`; null if it can.

    value: a SQL expression of type double. bounds: name of a relation with the columns of int_metrics_bounded; its columns
    are null for a metric that the catalogue lacks. -#}
{% macro value_problem(value, bounds='bounds') -%}
    case
        -- nearly all: nothing below holds, and an engine that knows need not ask
        when {{ value }} between {{ bounds }}.accepted_from and {{ bounds }}.accepted_to then null
        when abs({{ value }}) > {{ var('largest_count') }} then 'value_too_large'
        when {{ value }} < {{ bounds }}.lowest_possible and {{ bounds }}.lowest_possible = 1 then 'place_below_one'
        when {{ value }} < {{ bounds }}.lowest_possible then 'value_negative'
        -- what the catalogue lacks is a count
        when {{ value }} < 0 and {{ bounds }}.metric_id is null then 'value_negative'
        when {{ value }} > {{ bounds }}.highest_possible then 'value_above_range'
    end
{%- endmacro %}
