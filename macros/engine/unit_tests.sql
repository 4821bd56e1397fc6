{#- Unit tests make the rows they are given in three macros of dbt that are replaced here. Its own ask the catalogue through
    two more macros for each input, call two for each value, and write a table to learn the types of what comes out: half of
    the time of our unit tests. What is compared is the same. -#}

{% macro get_fixture_sql(rows, column_name_to_data_types) -%}
    {%- set relation = defer_relation if defer_relation and not load_relation(this) else this -%}
    {%- set types = column_name_to_data_types or types_in('from ' ~ relation) -%}
    {{ made_up_rows(rows, types, true, "'" ~ model.name ~ "'") }}
{%- endmacro %}

{% materialization unit, adapter='duckdb' -%}
    {%- set expected_rows = config.get('expected_rows') -%}
    {%- set types = types_in(sql) -%}
    {%- set columns = expected_rows[0] if expected_rows else types -%}
    {%- set expected -%}
        {%- if config.get('expected_sql') -%}
            {{ config.get('expected_sql') }}
        {%- else -%}
            {{ made_up_rows(expected_rows, types, false, 'expected output') }}
        {%- endif -%}
    {%- endset -%}
    {%- call statement('main', fetch_result=True) -%}
        {{ get_unit_test_sql(sql, expected, columns | map('tojson') | list) }}
    {%- endcall -%}
    {{ return({'relations': []}) }}
{%- endmaterialization %}

{#- The types of a query's columns, by name in lower case. -#}
{% macro types_in(query) -%}
    {%- set types = {} -%}
    {%- for column in adapter.get_column_schema_from_query(query) -%}
        {%- do types.update({column.name | lower: column.data_type}) -%}
    {%- endfor -%}
    {{ return(types) }}
{%- endmacro %}

{#- SQL of made-up rows. What a row does not name is null, if all columns are wanted. -#}
{% macro made_up_rows(rows, types, all_columns, whose) -%}
    {%- set missing = {} -%}
    {%- for name, type in types.items() -%}
        {%- do missing.update({name: 'cast(null as ' ~ type ~ ') as "' ~ name ~ '"'}) -%}
    {%- endfor -%}
    {%- for row in rows -%}
        {%- set cells = missing.copy() if all_columns else {} -%}
        {%- for key, value in row.items() -%}
            {%- set name = key | lower -%}
            {%- if name not in types -%}
                {{ exceptions.raise_compiler_error(
                    "Invalid column name: '" ~ name ~ "' in unit test fixture for " ~ whose ~ "."
                    ~ "\nAccepted columns for " ~ whose ~ " are: " ~ (types.keys() | list)
                ) }}
            {%- endif -%}
            {%- if value is string -%}
                {%- set value = "'" ~ value.replace("'", "''") ~ "'" -%}
            {%- elif value is none -%}
                {%- set value = 'null' -%}
            {%- endif -%}
            {%- do cells.update({name: 'cast(' ~ value ~ ' as ' ~ types[name] ~ ') as "' ~ name ~ '"'}) -%}
        {%- endfor -%}
        select {{ cells.values() | join(', ') }}{{ ' union all ' if not loop.last }}
    {%- else -%}
        select {{ missing.values() | join(', ') }} limit 0
    {%- endfor -%}
{%- endmacro %}
