{#- Whole days from one date to another, as an integer. `dbt.datediff` makes timestamps of both first, which costs a
    fifth of the time of building fct_observations.

    first_date, last_date: SQL expressions of type date. -#}
{% macro days_between(first_date, last_date) -%}
    cast({{ last_date }} - {{ first_date }} as integer)
{%- endmacro %}

{#- The name of an ISO week, '2026-W03'; the year is that of its Thursday.

    expression: a SQL expression of type date. -#}
{% macro iso_week(expression) -%}
    strftime({{ expression }}, '%G-W%V')
{%- endmacro %}

{#- The calendar day of a UTC timestamp where the leads are: a day of 23 or of 25 hours is one day.

    expression: a SQL expression of type timestamp, in UTC. -#}
{% macro local_date(expression) -%}
    cast(timezone('{{ var("leads_time_zone") }}', make_timestamptz(epoch_us({{ expression }}))) as date)
{%- endmacro %}

{#- Whole seconds from one moment to another. `dbt.datediff` counts boundaries, and its text is long.

    first_moment, last_moment: SQL expressions of type timestamp. -#}
{% macro seconds_between(first_moment, last_moment) -%}
    epoch({{ last_moment }} - {{ first_moment }})
{%- endmacro %}

{#- A moment as written becomes a timestamp in UTC: by its offset, or by the time zone of the leads' exports if it has
    none. A day alone is its midnight there. Null if the text is no moment.

    expression: a SQL expression of type text. -#}
{% macro utc_moment(expression) -%}
    {#- by way of microseconds: timezone('UTC', ...) asks a calendar for each row -#}
    make_timestamp(epoch_us(case
        when regexp_matches(substr({{ expression }}, 20), '[-+Z]')
            then try_cast({{ expression }} as timestamp with time zone)
        else timezone('{{ var("leads_time_zone") }}', try_cast({{ expression }} as timestamp))
    end))
{%- endmacro %}
