{#- Two spellings of one title or credit become one text: case, outer and doubled spaces and the typographic
    apostrophe are ignored; accents and all other marks are kept, because they tell names apart. One rule for titles
    and credits, on which ids rest.

    expression: a SQL expression of type text. -#}
{% macro normalised_text(expression) -%}
    lower(trim({{ replace_all("translate(" ~ expression ~ ", '’', chr(39))", " +", " ") }}))
{%- endmacro %}
