{#- A tag of a click as it is compared: lower case, without outer spaces, and '' if it says nothing. A text of its own for
    nothing ('(not set)', '(none)') is nothing too: so no rule takes it for a source.

    expression: a SQL expression of type text. -#}
{% macro tag_text(expression) -%}
    coalesce(
        nullif(nullif(nullif(nullif(nullif(
            replace(lower(trim({{ expression }})), '|', ' '),
            '(not set)'), '(none)'), 'null'), 'undefined'), '-'),
        ''
    )
{%- endmacro %}
