{#- The calendar day of a timestamp as sent: its first ten characters, whatever the offset says, never a time-zone cast.
    A year zero is how the source writes a day it does not know; null if there is no day.

    expression: a SQL expression of type text. -#}
{% macro calendar_day(expression) -%}
    case
        when {{ expression }} >= '0001' then try_cast(substr({{ expression }}, 1, 10) as date)
    end
{%- endmacro %}
