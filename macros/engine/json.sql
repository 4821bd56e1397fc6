{#- A member of a JSON text, as text; null if the text is not JSON of an object or has no such member.

    expression: a SQL expression of type text. path: a SQL literal's content, 'value' or 'sub[0]'. -#}
{% macro json_text(expression, path) -%}
    json_extract_string(try_cast({{ expression }} as json), '$.{{ path }}')
{%- endmacro %}

{#- The items of a list in a JSON text, as text, a row each; no row if there is no such list: the one expression of a
    select list that multiplies its rows.

    expression: a SQL expression of type text. member: the list's key. -#}
{% macro json_items(expression, member) -%}
    unnest(json_extract_string(try_cast({{ expression }} as json), '$.{{ member }}[*]'))
{%- endmacro %}
