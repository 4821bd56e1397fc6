{#- The columns `<column>_1` to `<column>_<rows>`: what the rows before have, by the window `in_time`.

    column: its name. rows: how many. -#}
{% macro lagged(column, rows) -%}
    {%- for place in range(1, rows + 1) -%}
        lag({{ column }}, {{ place }}) over in_time as {{ column }}_{{ place }}
        {%- if not loop.last %},
        {% endif -%}
    {%- endfor -%}
{%- endmacro %}

{#- What a column was in the week so many weeks before, out of the columns of `lagged`; null if that week has no row. A
    week is one row at most, so no more rows back than weeks.

    column: its name. weeks: how many. -#}
{% macro weeks_before(column, weeks) -%}
    case
        {%- for place in range(1, weeks + 1) %}
        when week_date_{{ place }} = week_date - {{ 7 * weeks }} then {{ column }}_{{ place }}
        {%- endfor %}
    end
{%- endmacro %}
