{#- The first day of a table function's window. A macro, because a unit test can give a macro a value, but not a
    parameter. -#}
{% macro from_day() -%}
    cast(from_date as date)
{%- endmacro %}
