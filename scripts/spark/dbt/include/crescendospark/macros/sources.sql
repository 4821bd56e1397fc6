{#- Declares the project's sources as tables on the Parquet folders that `crescendo publish parquet --raw` has written,
    and gives Spark the key of the hashes. -#}
{% macro declare_sources() -%}
    {%- if execute and flags.WHICH in ('build', 'run', 'test') -%}
        {%- do adapter.tell_key() -%}
        {%- for schema in graph.sources.values() | map(attribute='schema') | unique -%}
            {%- call statement() -%}create schema if not exists {{ schema }}{%- endcall -%}
        {%- endfor -%}
        {%- for node in graph.sources.values() -%}
            {%- call statement() -%}drop table if exists {{ node.schema }}.{{ node.identifier }}{%- endcall -%}
            {%- call statement() -%}
                create table {{ node.schema }}.{{ node.identifier }} (
                {%- for column in node.columns.values() %}
                    {{ adapter.quote(column.name) }} {{ api.Column.translate_type(column.data_type) }}{{ ',' if not loop.last }}
                {%- endfor %}
                ) using parquet
                options (path '{{ adapter.raw_folder() }}/{{ node.schema }}/{{ node.identifier }}', recursiveFileLookup 'true')
            {%- endcall -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}
