{#- A person's data beyond staging: a keyed sha256 in hex, equal for equal values, null for null. Without a key in
    CRESCENDO_MASK_KEY a value that has few forms, such as a gender, is guessed by hashing all of them.

    expression: a SQL expression of type text. -#}
{% macro masked(expression) -%}
    {{ return(adapter.dispatch('masked', 'crescendo')(
        "'" ~ env_var('CRESCENDO_MASK_KEY', '') | replace("'", "''") ~ "' || " ~ expression
    )) }}
{%- endmacro %}

{% macro default__masked(keyed) -%}
    sha256({{ keyed }})
{%- endmacro %}

{% macro spark__masked(keyed) -%}
    sha2({{ keyed }}, 256)
{%- endmacro %}
