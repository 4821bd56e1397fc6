{#- The last day of a table function's window, see `from_day`. -#}
{% macro to_day() -%}
    cast(to_date as date)
{%- endmacro %}
