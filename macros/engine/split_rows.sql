{#- The parts of a text, a row each: the one expression of a select list that multiplies its rows.

    expression: a SQL expression of type text. delimiter: one character that means nothing in a regular expression. -#}
{% macro split_rows(expression, delimiter) -%}
    {{ return(adapter.dispatch('split_rows', 'crescendo')(expression, delimiter)) }}
{%- endmacro %}

{% macro default__split_rows(expression, delimiter) -%}
    unnest(string_split({{ expression }}, '{{ delimiter }}'))
{%- endmacro %}

{% macro spark__split_rows(expression, delimiter) -%}
    explode(split({{ expression }}, '{{ delimiter }}'))
{%- endmacro %}
