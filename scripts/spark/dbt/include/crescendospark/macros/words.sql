{#- What dbt says for an engine in that engine's words is said here in DuckDB's, which are translated with the model. -#}

{% macro crescendospark__dateadd(datepart, interval, from_date_or_timestamp) -%}
    ({{ from_date_or_timestamp }} + cast({{ interval }} as bigint) * interval 1 {{ datepart }})
{%- endmacro %}

{% macro crescendospark__datediff(first_date, second_date, datepart) -%}
    date_diff('{{ datepart }}', {{ first_date }}, {{ second_date }})
{%- endmacro %}

{% macro crescendospark__listagg(measure, delimiter_text, order_by_clause, limit_num) -%}
    string_agg({{ measure }}, {{ delimiter_text }} {{ order_by_clause or '' }})
{%- endmacro %}

{% macro crescendospark__get_test_sql(main_sql, fail_calc, warn_if, error_if, limit) -%}
    {%- set asked -%}
        select
            {{ fail_calc }} as failures,
            {{ fail_calc }} {{ warn_if }} as should_warn,
            {{ fail_calc }} {{ error_if }} as should_error
        from ({{ main_sql }} {{ 'limit ' ~ limit if limit }}) as dbt_internal_test
    {%- endset -%}
    {{ adapter.translated(asked) }}
{%- endmacro %}

{% macro crescendospark__get_intervals_between(start_date, end_date, datepart) -%}
    {%- set asked = 'select ' ~ dbt.datediff(start_date, end_date, datepart) -%}
    {{ return(run_query(adapter.translated(asked)).rows[0][0] if execute else 1) }}
{%- endmacro %}
