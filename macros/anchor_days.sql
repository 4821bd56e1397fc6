{#- The rows of a step once for each day on which their anchors may lie: from each of some days back to `max_age_days`
    before it. A join with these days is one of equal days, and most days of a series are in none.

    step: its name; it has `max_age_days`. days: names of its columns. -#}
{% macro anchor_days(step, days) -%}
    {%- set age -%}{{ days_between("date '2000-01-01'", 'dates.day_date') }}{%- endset -%}
    {%- for day in days %}
    select
        {{ step }}.*,
        {{ step }}.{{ day }} - ages.age_days as anchor_date
    from {{ step }}
    inner join (
        select {{ age }} as age_days
        from {{ ref('dim_dates') }} as dates
        inner join (select max({{ step }}.max_age_days) as max_age_days from {{ step }}) as oldest
            on {{ age }} <= oldest.max_age_days
    ) as ages on {{ step }}.max_age_days >= ages.age_days
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
{%- endmacro %}
