{#- Why a day cannot be one on which something was counted, a kind of `finding_kinds`; null if it can. A day's figures may
    come from east of Greenwich, so the day after the load is one.

    day: a SQL expression of type date. loaded_date: that of the day of its load; null if it is unknown. earliest: the
    first day that there can be. -#}
{% macro day_problem(day, loaded_date, earliest=var('earliest_date')) -%}
    case
        when {{ days_between(loaded_date, day) }} > 1 then 'date_in_the_future'
        when {{ day }} < date '{{ earliest }}' then 'date_impossible'
    end
{%- endmacro %}
