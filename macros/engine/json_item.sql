{#- An item of a list in a JSON text, as text; null where there is none.

    expression: a SQL expression of type text. member: the list's key. place: a SQL expression, from 0. -#}
{% macro json_item(expression, member, place) -%}
    {{ return(adapter.dispatch('json_item', 'crescendo')(expression, member, place)) }}
{%- endmacro %}

{% macro default__json_item(expression, member, place) -%}
    json_extract_string(try_cast({{ expression }} as json), '$.{{ member }}[' || {{ place }} || ']')
{%- endmacro %}

{% macro spark__json_item(expression, member, place) -%}
    get_json_object({{ expression }}, '$.{{ member }}[' || {{ place }} || ']')
{%- endmacro %}
