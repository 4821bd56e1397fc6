{#- The columns together name one row. For tables too large for a primary key, and for views.

    columns: list of column names; a null counts as a value of its own. among: a relation that has all rows of the model
    that the last build wrote, with all that could equal one of them; of the others the build before made sure. -#}
{% test unique_grain(model, columns, among=none) %}

select
    {{ columns | join(', ') }},
    count(*) as row_count
from {{ among or model }}
group by {{ columns | join(', ') }}
having count(*) > 1

{% endtest %}
