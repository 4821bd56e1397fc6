{#- The first day of the calendar, `dim_dates`. A project whose variable `earliest_date` is before it is refused. -#}
{% macro first_calendar_day() -%}
    {#- YAML reads a day without quotes as a date -#}
    {%- if var('earliest_date') | string < '2000-01-01' -%}
        {{ exceptions.raise_compiler_error(
            'the variable earliest_date in dbt_project.yml is ' ~ var('earliest_date')
            ~ ', but the calendar (dim_dates) begins on 2000-01-01: write 2000-01-01 or a later day'
        ) }}
    {%- endif -%}
    cast('2000-01-01' as date)
{%- endmacro %}
