{#- Notes what a run is about to build, see `scripts/crescendo/builds.py`; `end_build` takes it back. What stays was
    killed half way: each model is committed by itself. -#}
{% macro begin_build() -%}
    {%- set models = [] -%}
    {%- for unique_id in selected_resources if unique_id.split('.')[0] in ('model', 'seed') -%}
        {%- do models.append(unique_id) -%}
    {%- endfor -%}
    {%- if execute and models and flags.WHICH in ('build', 'run', 'seed') -%}
        create schema if not exists load_audit;
        create table if not exists load_audit.unbuilt_models (
            unique_id varchar not null, invocation_id varchar not null, began_at timestamp not null,
            has_failed boolean not null
        );
        delete from load_audit.unbuilt_models where unique_id in ('{{ models | join("', '") }}');
        insert into load_audit.unbuilt_models
        select unnest(['{{ models | join("', '") }}']), '{{ invocation_id }}',
            '{{ run_started_at.strftime("%Y-%m-%d %H:%M:%S") }}', false;
    {%- endif -%}
{%- endmacro %}

{#- Takes back what `begin_build` noted, for what was built; what failed or was skipped is told from what was killed.

    results: of the run, as dbt hands them to on-run-end. -#}
{% macro end_build(results) -%}
    {%- if execute and flags.WHICH in ('build', 'run', 'seed') -%}
        {%- set built = results | selectattr('status', 'equalto', 'success') | map(attribute='node.unique_id') | list -%}
        delete from load_audit.unbuilt_models where unique_id in ('{{ built | join("', '") }}');
        update load_audit.unbuilt_models set has_failed = true where invocation_id = '{{ invocation_id }}';
    {%- endif -%}
{%- endmacro %}

{#- After a run: which data tests failed stays in the warehouse until they pass or are removed, so that `crescendo` can
    say it beside its answers. A data test is a promise of ours; it warns, because dbt skips all that is downstream of an
    error, and the verdict is given here and in `tell_broken_promises`.

    results: dbt's results of the run. -#}
{% macro note_broken_promises(results) -%}
    {%- set tested, broken, known = [], [], ["''"] -%}
    {%- for result in results if result.node.resource_type == "test" and result.status != "skipped" -%}
        {%- do tested.append("'" ~ result.node.name ~ "'") -%}
        {%- if result.status != "pass" -%}
            {%- do broken.append("('" ~ result.node.name ~ "', " ~ (result.failures or 0) ~ ", '" ~ run_started_at ~ "')") -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if tested -%}
        {%- for node in graph.nodes.values() if node.resource_type == "test" -%}
            {%- do known.append("'" ~ node.name ~ "'") -%}
        {%- endfor -%}
        create schema if not exists load_audit;
        create table if not exists load_audit.broken_promises (
            promise varchar not null, row_count bigint not null, found_at timestamp not null
        );
        delete from load_audit.broken_promises
        where promise in ({{ tested | join(", ") }}) or promise not in ({{ known | join(", ") }});
        {%- if broken %}
        insert into load_audit.broken_promises values {{ broken | join(", ") }};
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}

{#- Ends a run with an error that names the promises that were broken, once all models are built; see
    `note_broken_promises`. The error is one of the database's: one of dbt's own ends the run as if it were interrupted.

    results: dbt's results of the run. -#}
{% macro tell_broken_promises(results) -%}
    {%- set broken = [] -%}
    {%- for result in results if result.node.resource_type == "test" and result.status in ("warn", "fail", "error") -%}
        {%- do broken.append(result.node.name) -%}
    {%- endfor -%}
    {%- if broken -%}
        select error(
            'Promises of Crescendo are broken, which is a fault of ours: {{ broken | join(", ") }}. '
            || 'All that does not depend on them is built; believe no number that rests on what they check.'
        )
    {%- endif -%}
{%- endmacro %}

{#- Puts the descriptions of what was built, and of the raw tables, into the DuckDB file. One text at the end of a run:
    dbt's own `persist_docs` asks the catalog about each model, and knows no table functions.

    results: of the run, as dbt hands them to on-run-end. -#}
{% macro describe_tables(results) -%}
    {%- if execute and flags.WHICH in ('build', 'run', 'seed') -%}
        {%- set kinds = {'table': 'table', 'seed': 'table', 'view': 'view', 'table_function': 'macro table'} -%}
        {%- set built = results | selectattr('status', 'equalto', 'success') | map(attribute='node.unique_id') | list -%}
        {%- set raw = run_query("select schema_name || '.' || table_name from duckdb_tables()").columns[0].values() -%}
        {%- for node in graph.nodes.values() if node.unique_id in built -%}
            {{ comments_of(node, node.alias, kinds.get(node.config.materialized)) }}
        {%- endfor -%}
        {%- for node in graph.sources.values() if node.schema ~ '.' ~ node.identifier in raw -%}
            {{ comments_of(node, node.identifier, 'table') }}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}

{#- The statements that describe one relation and, unless it is a function, its columns.

    node: of dbt's graph; name: of the relation; kind: what DuckDB calls it, none if it has no comment. -#}
{% macro comments_of(node, name, kind) -%}
    {%- set relation = adapter.quote(node.schema) ~ '.' ~ adapter.quote(name) -%}
    {%- if kind -%}
        comment on {{ kind }} {{ relation }} is {{ duckdb_escape_comment(node.description) }};
        {%- for column in node.columns.values() if kind != 'macro table' %}
        comment on column {{ relation }}.{{ adapter.quote(column.name) }} is {{ duckdb_escape_comment(column.description) }};
        {%- endfor %}
    {%- endif -%}
{%- endmacro %}
