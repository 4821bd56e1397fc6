{#- Of dbt-spark, but for the types, which a seed says in DuckDB's words, and quotes in a text. -#}
{% macro crescendospark__create_csv_table(model, agate_table) -%}
    {%- set sql -%}
        create table {{ this.render() }} (
            {%- for name in agate_table.column_names %}
            {{ adapter.quote(name) }} {{ seed_type(model, agate_table, loop.index0) }}{{ ',' if not loop.last }}
            {%- endfor %}
        ) {{ file_format_clause() }}
    {%- endset -%}
    {%- call statement('_') -%}{{ sql }}{%- endcall -%}
    {{ return(sql) }}
{%- endmacro %}

{% macro crescendospark__load_csv_rows(model, agate_table) -%}
    {%- set sql -%}
        insert into {{ this.render() }} values
        {%- for row in agate_table.rows %}
        (
            {%- for value in row -%}
            cast({{ seed_literal(value) }} as {{ seed_type(model, agate_table, loop.index0) }}){{ ', ' if not loop.last }}
            {%- endfor -%}
        ){{ ',' if not loop.last }}
        {%- endfor %}
    {%- endset -%}
    {%- do adapter.add_query(sql, abridge_sql_log=True) -%}
    {{ return(sql) }}
{%- endmacro %}

{% macro seed_type(model, agate_table, index) -%}
    {%- set said = model['config'].get('column_types', {}).get(agate_table.column_names[index]) -%}
    {{- api.Column.translate_type(said) if said else adapter.convert_type(agate_table, index) -}}
{%- endmacro %}

{% macro seed_literal(value) -%}
    {%- if value is none -%}
        null
    {%- else -%}
        '{{ value | string | replace('\\', '\\\\') | replace("'", "\\'") }}'
    {%- endif -%}
{%- endmacro %}
