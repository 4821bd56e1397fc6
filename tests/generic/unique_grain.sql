{#- The columns together name one row. For tables too large for a primary key, and for views.

    columns: list of column names; a null counts as a value of its own. -#}
{% test unique_grain(model, columns) %}

select
    {{ columns | join(', ') }},
    count(*) as row_count
from {{ model }}
group by {{ columns | join(', ') }}
having count(*) > 1

{% endtest %}
