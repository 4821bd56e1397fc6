{#- The query of a model in Spark's words, each column of the type that its YAML says: Spark's own may differ, as the
    integer of `row_number`, which is a bigint in DuckDB.

    sql: of the model, in DuckDB's words. -#}
{% macro typed_query(sql) -%}
    {%- set columns = model.columns.values() | selectattr('data_type') | list -%}
    {%- if columns | length < model.columns | length or not columns -%}
        {{ adapter.translated(sql) }}
    {%- else -%}
        select
        {%- for column in columns %}
            cast({{ adapter.quote(column.name) }} as {{ api.Column.translate_type(column.data_type) }})
                as {{ adapter.quote(column.name) }}{{ ',' if not loop.last }}
        {%- endfor %}
        from (
            {{ adapter.translated(sql) }}
        )
    {%- endif -%}
{%- endmacro %}

{% macro crescendospark__create_table_as(temporary, relation, compiled_code, language='sql') -%}
    create {{ 'or replace temporary view' if temporary else 'table' }} {{ relation }}
    {{ file_format_clause() if not temporary }}
    as
    {{ typed_query(compiled_code) }}
{%- endmacro %}

{% macro crescendospark__create_view_as(relation, sql) -%}
    create or replace view {{ relation }} as
    {{ typed_query(sql) }}
{%- endmacro %}

{#- A table is judged whole here: what is judged already is known of the DuckDB file only; see docs/scale.md. -#}
{% materialization incremental, adapter='crescendospark' -%}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- do adapter.drop_relation(load_relation(this) or target_relation) -%}
    {%- call statement('main') -%}
        {{ create_table_as(false, target_relation, compiled_code) }}
    {%- endcall -%}
    {{ return({'relations': [target_relation]}) }}
{%- endmaterialization %}

{% materialization table_function, adapter='crescendospark' -%}
    {%- set declared = config.get('parameters') -%}
    {%- set parameters = declared.split(',') | map('trim') | list if declared is string else declared -%}
    {%- call statement('main') -%}
        create or replace function {{ this }}(
            {%- for name in parameters %}
            {{ name }} {{ 'date' if name.endswith('_date') else 'string' }}{{ ',' if not loop.last }}
            {%- endfor %}
        )
        returns table (
            {%- for column in model.columns.values() %}
            {{ adapter.quote(column.name) }} {{ api.Column.translate_type(column.data_type) }}{{ ',' if not loop.last }}
            {%- endfor %}
        )
        return {{ adapter.translated_function(compiled_code, this.identifier, parameters) }}
    {%- endcall -%}
    {{ return({'relations': []}) }}
{%- endmaterialization %}
