{#- A text whose letters have no accents: 'Générique' becomes 'Generique'.

    expression: a SQL expression of type text. -#}
{% macro without_accents(expression) -%}
    {{ return(adapter.dispatch('without_accents', 'crescendo')(expression)) }}
{%- endmacro %}

{% macro default__without_accents(expression) -%}
    strip_accents({{ expression }})
{%- endmacro %}

{% macro spark__without_accents(expression) -%}
    translate({{ expression }}, 'àâäçéèêëîïôöùûüÀÂÄÇÉÈÊËÎÏÔÖÙÛÜ', 'aaaceeeeiioouuuAAACEEEEIIOOUUU')
{%- endmacro %}
