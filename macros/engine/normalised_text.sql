{#- Two spellings of one title or credit become one text: case, outer and doubled spaces and the typographic
    apostrophe are ignored; accents and all other marks are kept, because they tell names apart.

    expression: a SQL expression of type text. -#}
{% macro normalised_text(expression) -%}
    {{ return(adapter.dispatch('normalised_text', 'crescendo')(expression)) }}
{%- endmacro %}

{% macro default__normalised_text(expression) -%}
    lower(trim(regexp_replace(replace({{ expression }}, '’', ''''), ' +', ' ', 'g')))
{%- endmacro %}

{% macro spark__normalised_text(expression) -%}
    lower(trim(regexp_replace(replace({{ expression }}, '’', '\''), ' +', ' ')))
{%- endmacro %}
