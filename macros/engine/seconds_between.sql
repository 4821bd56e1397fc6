{#- Whole seconds from one moment to another. `dbt.datediff` counts boundaries, and its text is long.

    first_moment, last_moment: SQL expressions of type timestamp. -#}
{% macro seconds_between(first_moment, last_moment) -%}
    {{ return(adapter.dispatch('seconds_between', 'crescendo')(first_moment, last_moment)) }}
{%- endmacro %}

{% macro default__seconds_between(first_moment, last_moment) -%}
    epoch({{ last_moment }} - {{ first_moment }})
{%- endmacro %}

{% macro spark__seconds_between(first_moment, last_moment) -%}
    timestampdiff(second, {{ first_moment }}, {{ last_moment }})
{%- endmacro %}
