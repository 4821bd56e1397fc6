{#- The columns together name one row. For tables too large for a primary key, and for views.

    columns: list of column names; a null counts as a value of its own. among: the rows that the last build wrote, if it
    takes up what changed, and all that could equal one of them. Another test has to hold the number of all rows. -#}
{% test unique_grain(model, columns, among=none) %}

select
    {{ columns | join(', ') }},
    count(*) as row_count
from {{ among or model }}
group by {{ columns | join(', ') }}
having count(*) > 1

{% endtest %}
