{#- The query of a model in Spark's words, each column of the type that its YAML says: Spark's own may differ, as the
    integer of `row_number`, which is a bigint in DuckDB. dbt has put that type in Spark's words.

    sql: of the model, in DuckDB's words.
    is_kept: whether its rows are kept, as a table's are. -#}
{% macro typed_query(sql, is_kept=false) -%}
    {%- set columns = model.columns.values() | selectattr('data_type') | list -%}
    {%- if columns | length < model.columns | length or not columns -%}
        {{ adapter.translated(sql, is_kept) }}
    {%- else -%}
        select
        {%- for column in columns %}
            cast({{ adapter.quote(column.name) }} as {{ column.data_type }})
                as {{ adapter.quote(column.name) }}{{ ',' if not loop.last }}
        {%- endfor %}
        from (
            {{ adapter.translated(sql, is_kept) }}
        )
    {%- endif -%}
{%- endmacro %}

{% macro crescendospark__create_table_as(temporary, relation, compiled_code, language='sql') -%}
    create {{ 'or replace temporary view' if temporary else 'table' }} {{ relation }}
    {{ file_format_clause() if not temporary }}
    as
    {{ typed_query(compiled_code, not temporary) }}
{%- endmacro %}

{#- A view that is read twice is computed twice here, with every view below it: an intermediate one is kept as a table.
    So is what asks for the key of the hashes, a variable of the session, which Spark allows in no view. -#}
{% macro crescendospark__create_view_as(relation, sql) -%}
    {%- set asked = typed_query(sql) -%}
    {%- if model.schema == 'intermediate' or 'session.mask_key' in asked -%}
        {%- do run_query('drop table if exists ' ~ relation) -%}
        create table {{ relation }} {{ file_format_clause() }} as
    {%- else -%}
        create or replace view {{ relation }} as
    {%- endif %}
    {{ asked }}
{%- endmacro %}

{#- A table is judged whole here: what is judged already is known of the DuckDB file only; see docs/scale.md. So no hook
    of a model is run, which would note it there; and no constraint is enforced, which the data tests hold. -#}
{% macro create_whole() -%}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- do adapter.drop_relation(load_relation(this) or target_relation) -%}
    {%- call statement('main') -%}
        {{ create_table_as(false, target_relation, compiled_code) }}
    {%- endcall -%}
    {{ return({'relations': [target_relation]}) }}
{%- endmacro %}

{% macro is_incremental() -%}
    {{ return(false) }}
{%- endmacro %}

{% materialization table, adapter='crescendospark' -%}
    {{ return(create_whole()) }}
{%- endmaterialization %}

{% materialization incremental, adapter='crescendospark' -%}
    {{ return(create_whole()) }}
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
            {{ adapter.quote(column.name) }} {{ column.data_type }}{{ ',' if not loop.last }}
            {%- endfor %}
        )
        {#- Spark goes by the place of a column, and the order in the YAML may be another than the query's -#}
        return select
            {%- for column in model.columns.values() %}
            {{ adapter.quote(column.name) }}{{ ',' if not loop.last }}
            {%- endfor %}
        from (
            {{ adapter.translated_function(compiled_code, this.identifier, parameters) }}
        )
    {%- endcall -%}
    {{ return({'relations': []}) }}
{%- endmaterialization %}
