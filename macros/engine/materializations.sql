{#- A table and a view are each replaced by one statement in DuckDB.

    dbt's own materializations make a relation beside the old one, rename both and drop the old one, because not every engine
    can replace a table. That took about half of the time of a small model. There are no grants, indexes or comments to carry
    over: `describe_tables` writes the comments. -#}

{% materialization table, adapter='duckdb' -%}
    {%- set relation = this.incorporate(type='table') -%}
    {{ make_room_for(relation) }}
    {%- call statement('main') -%}
        {%- if config.get('contract').enforced -%}
            {{ get_assert_columns_equivalent(sql) }}
            create or replace table {{ relation }} {{ get_table_columns_and_constraints() }};
            insert into {{ relation }} {{ get_column_names() }} ({{ get_select_subquery(sql) }});
        {%- else -%}
            create or replace table {{ relation }} as ({{ sql }});
        {%- endif -%}
    {%- endcall -%}
    {{ finish() }}
    {{ return({'relations': [relation]}) }}
{%- endmaterialization %}

{% materialization view, adapter='duckdb' -%}
    {%- set relation = this.incorporate(type='view') -%}
    {{ make_room_for(relation) }}
    {%- call statement('main') -%}
        {%- if config.get('contract').enforced -%}{{ get_assert_columns_equivalent(sql) }}{%- endif -%}
        create or replace view {{ relation }} as ({{ sql }});
    {%- endcall -%}
    {{ finish() }}
    {{ return({'relations': [relation]}) }}
{%- endmaterialization %}

{#- Runs the hooks before a model, and drops what has its name but is of the other kind. -#}
{% macro make_room_for(relation) -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- set existing = load_cached_relation(relation) -%}
    {%- if existing is not none and existing.type != relation.type -%}
        {%- do adapter.drop_relation(existing) -%}
    {%- endif -%}
{%- endmacro %}

{#- Runs the hooks after a model, and commits. -#}
{% macro finish() -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {%- do adapter.commit() -%}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
{%- endmacro %}
