{#- A text in Unicode's composed form (NFC), in which equal texts are equal bytes. Spark has no word for it: register
    one as nfc_normalize (java.text.Normalizer).

    expression: a SQL expression of type text. -#}
{% macro composed(expression) -%}
    {{ return(adapter.dispatch('composed', 'crescendo')(expression)) }}
{%- endmacro %}

{% macro default__composed(expression) -%}
    nfc_normalize({{ expression }})
{%- endmacro %}
