{#- A sum of amounts of money that is the same in whatever order it is taken: to eight digits after the point.

    amount: a SQL expression of type double. -#}
{% macro exact_sum(amount) -%}
    cast(sum(cast({{ amount }} as decimal(28, 8))) as double)
{%- endmacro %}
