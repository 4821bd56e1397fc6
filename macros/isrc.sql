{#- An ISRC in capitals without hyphens and spaces; null if the text is none, or a placeholder that ends in zeros.

    expression: a SQL expression of type text. -#}
{% macro isrc(expression) -%}
    case
        when
            regexp_matches(upper(replace(replace({{ expression }}, '-', ''), ' ', '')), '^[A-Z]{2}[A-Z0-9]{3}[0-9]{7}$')
            and not upper({{ expression }}) like '%0000000'
            then upper(replace(replace({{ expression }}, '-', ''), ' ', ''))
    end
{%- endmacro %}
