{#- The items of a list in a JSON text, as text, a row each; no row if there is no such list: the one expression of a
    select list that multiplies its rows.

    expression: a SQL expression of type text. member: the list's key. -#}
{% macro json_items(expression, member) -%}
    {{ return(adapter.dispatch('json_items', 'crescendo')(expression, member)) }}
{%- endmacro %}

{% macro default__json_items(expression, member) -%}
    unnest(json_extract_string(try_cast({{ expression }} as json), '$.{{ member }}[*]'))
{%- endmacro %}

{% macro spark__json_items(expression, member) -%}
    explode(from_json(get_json_object({{ expression }}, '$.{{ member }}'), 'array<string>'))
{%- endmacro %}
