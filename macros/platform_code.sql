{#- A platform's code as the catalogue has it: `twitter` became `x`; null where blank.

    expression: a SQL expression of type text. -#}
{% macro platform_code(expression) -%}
    case when {{ expression }} = 'twitter' then 'x' else nullif({{ expression }}, '') end
{%- endmacro %}
