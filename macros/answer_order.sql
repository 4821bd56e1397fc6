{#- "The latest answer wins", as the order of answers on one thing: by the day of asking, then by the load. An answer of an
    unknown day is the oldest. Needs the columns `_load_id` and that of the day.

    latest: 'first' to number the answer that counts 1, 'last' to give it the highest number. ties: columns that decide
    between answers of one day and load, where the larger value counts; without them such answers are equal. day: the
    column of the day of asking. -#}
{% macro answer_order(latest='first', ties=[], day='extracted_date') -%}
    {%- set direction = {'first': 'desc nulls last', 'last': 'asc nulls first'}[latest] -%}
    {{ day }} {{ direction }}, _load_id {{ direction }}
    {%- for column in ties %}, {{ column }} {{ direction }}{% endfor %}
{%- endmacro %}
