{#- A part of a tag key, see `tag_key`. `split_part` of both engines.

    expression: a SQL expression of type text. number: place of the part, from 1. -#}
{% macro part_of(expression, number) -%}
    split_part({{ expression }}, '|', {{ number }})
{%- endmacro %}
