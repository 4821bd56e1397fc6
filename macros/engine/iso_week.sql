{#- The name of an ISO week, '2026-W03'; the year is that of its Thursday.

    expression: a SQL expression of type date. -#}
{% macro iso_week(expression) -%}
    {{ return(adapter.dispatch('iso_week', 'crescendo')(expression)) }}
{%- endmacro %}

{% macro default__iso_week(expression) -%}
    strftime({{ expression }}, '%G-W%V')
{%- endmacro %}

{% macro spark__iso_week(expression) -%}
    concat(extract(yearofweek from {{ expression }}), '-W', lpad(weekofyear({{ expression }}), 2, '0'))
{%- endmacro %}
