{#- The columns together name one row. For tables too large for a primary key, and for views.

    columns: list of column names; a null counts as a value of its own. among: the rows that the last build wrote, if it
    takes up what changed, and all that could equal one of them. Another test has to hold the number of all rows. by_day:
    the one of the columns that is a date, of a table with many days: then a bit for each of sixty days is counted
    instead of a group for each row, which is as exact and takes a fifth of the time. -#}
{% test unique_grain(model, columns, among=none, by_day=none) %}

{%- if by_day %}
{%- set others = columns | reject('equalto', by_day) | join(', ') %}

select
    {{ others }},
    min({{ by_day }}) as {{ by_day }},
    count(*) - coalesce(bit_count(bit_or(1::bigint << bit_number)), 1) + 1 as row_count
from (
    select
        {{ others }},
        {{ by_day }},
        {{ by_day }} - date '1970-01-01' as day_number,
        -- days before 1970 have negative numbers
        (day_number % 60 + 60) % 60 as bit_number
    from {{ among or model }}
)
group by {{ others }}, (day_number - bit_number) // 60
-- rows without a day are of one grain
having count(*) > coalesce(bit_count(bit_or(1::bigint << bit_number)), 1)

{%- else %}

select
    {{ columns | join(', ') }},
    count(*) as row_count
from {{ among or model }}
group by {{ columns | join(', ') }}
having count(*) > 1

{%- endif %}

{% endtest %}
