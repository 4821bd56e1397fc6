{#- The calendar day of a UTC timestamp where the leads are: a day of 23 or of 25 hours is one day.

    expression: a SQL expression of type timestamp, in UTC. -#}
{% macro local_date(expression) -%}
    {{ return(adapter.dispatch('local_date', 'crescendo')(expression)) }}
{%- endmacro %}

{% macro default__local_date(expression) -%}
    cast(timezone('{{ var("leads_time_zone") }}', timezone('UTC', {{ expression }})) as date)
{%- endmacro %}

{% macro spark__local_date(expression) -%}
    cast(from_utc_timestamp({{ expression }}, '{{ var("leads_time_zone") }}') as date)
{%- endmacro %}
