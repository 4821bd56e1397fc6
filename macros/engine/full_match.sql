{#- Whether a regular expression matches a whole text.

    expression, pattern: SQL expressions of type text. -#}
{% macro full_match(expression, pattern) -%}
    {{ return(adapter.dispatch('full_match', 'crescendo')(expression, pattern)) }}
{%- endmacro %}

{% macro default__full_match(expression, pattern) -%}
    regexp_full_match({{ expression }}, {{ pattern }})
{%- endmacro %}

{% macro spark__full_match(expression, pattern) -%}
    ({{ expression }} rlike concat('^(?:', {{ pattern }}, ')$'))
{%- endmacro %}
