{#- A number by which an answer on a film comes before others: the smallest first.

    answer_order, day: SQL expressions. -#}
{% macro answer_place(answer_order, day) -%}
    10000000 * {{ answer_order }} - {{ days_between("date '2000-01-01'", day) }}
{%- endmacro %}
