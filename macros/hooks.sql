{#- What dbt does around a run, for `scripts/crescendo/builds.py`, which has the tables and says what they mean. -#}

{#- Notes what a run is about to build; `end_build` takes it back. What stays was killed half way. -#}
{% macro begin_build() -%}
    {%- if execute and flags.WHICH in ('build', 'run', 'seed', 'test') -%}
        select error(
            'profiles.yml wants the plugin crescendo.dbt_plugin: put `plugins: [{module: crescendo.dbt_plugin}]` in its target.'
        )
        where getvariable('kept_nodes') is null;
    {%- endif -%}
    {%- set models = [] -%}
    {%- for unique_id in selected_resources if unique_id.split('.')[0] in ('model', 'seed') -%}
        {%- do models.append(unique_id) -%}
    {%- endfor -%}
    {%- set together = [] -%}
    {%- for name in judged_together() if 'model.crescendo.' ~ name in models -%}
        {%- do together.append(name) -%}
    {%- endfor -%}
    {%- if execute and 'fct_observations' in together and together | length < judged_together() | length
        and flags.WHICH in ('build', 'run') -%}
        select error(
            'fct_observations is judged in one run with what it is judged by: run `dbt build`, or select '
            || 'int_series_fingerprinted+ instead of fct_observations.'
        );
    {%- endif -%}
    {%- if execute and models and flags.WHICH in ('build', 'run', 'seed') -%}
        delete from load_audit.unbuilt_models where unique_id in ('{{ models | join("', '") }}');
        insert into load_audit.unbuilt_models
        select unique_id, '{{ invocation_id }}', '{{ run_started_at }}', false
        from (select unnest(['{{ models | join("', '") }}']) as unique_id)
        where not list_contains(cast(getvariable('kept_nodes') as varchar[]), unique_id);
    {%- endif -%}
{%- endmacro %}

{#- Takes back what `begin_build` noted, for what was built, and notes of what it was built.

    results: of the run, as dbt hands them to on-run-end. -#}
{% macro end_build(results) -%}
    {%- if execute and flags.WHICH in ('build', 'run', 'seed', 'test') -%}
        {%- set built = results | selectattr('status', 'equalto', 'success') | map(attribute='node.unique_id') | list -%}
        {%- set passed = results | selectattr('node.resource_type', 'equalto', 'unit_test')
            | selectattr('status', 'equalto', 'pass') | map(attribute='node.unique_id') | list -%}
        {%- set nodes, together, notes = [], judged_together(), judging_notes() -%}
        {%- for node in graph.nodes.values() if node.resource_type in ('model', 'seed', 'test') -%}
            {%- set is_judged = node.name in together -%}
            {%- do nodes.append({
                'unique_id': node.unique_id, 'name': node.name, 'is_promise': node.resource_type == 'test',
                'is_view': node.config.materialized in ('view', 'table_function') and not is_judged,
                'checksum': node.checksum.checksum, 'parents': changed_by(node, together, notes), 'is_built': node.unique_id in built
            }) -%}
        {%- endfor -%}
        {{ note_stamp() }}
        delete from load_audit.project_nodes;
        insert into load_audit.project_nodes
        select *, (select stamp from stamped) as stamp
        from (select unnest(from_json('{{ tojson(nodes) }}', '[{"unique_id": "varchar", "name": "varchar",
            "is_promise": "boolean", "is_view": "boolean", "checksum": "varchar", "parents": ["varchar"],
            "is_built": "boolean"}]'), recursive := true));
        delete from load_audit.unbuilt_models
        where unique_id in (select unique_id from load_audit.project_nodes where is_built);
        update load_audit.unbuilt_models set has_failed = true where invocation_id = '{{ invocation_id }}';
        -- a view that is made again as it was makes nothing stale
        insert into load_audit.built_models
        select unique_id, checksum, '{{ run_started_at }}', (select coalesce(max(_load_id), 0) from load_audit.loads),
            (select coalesce(max(touch_id), 0) from load_audit.touched_tables)
        from load_audit.project_nodes as n
        where is_built and not (is_view and exists (
            select 1 from load_audit.built_models as b where b.unique_id = n.unique_id and b.checksum = n.checksum
        ))
        on conflict do update set
            checksum = excluded.checksum, began_at = excluded.began_at, _load_id = excluded._load_id,
            touch_id = excluded.touch_id;
        -- a unit test reads no rows: it holds for as long as the project is the same
        insert into load_audit.built_models
        select unnest({{ passed }}), (select stamp from stamped), '{{ run_started_at }}', 0, null
        where (select is_sure from stamped)
        on conflict do update set checksum = excluded.checksum, began_at = excluded.began_at;
    {%- endif -%}
{%- endmacro %}

{#- Notes in a table `stamped` the stamp of what a run built: what `crescendo build` says it is, or that of a `dbt build` of
    everything, or of a run of some nodes in a warehouse that has this stamp. Null if it is not known. A run of tests
    builds nothing: what was built is of the stamp before, and `is_sure` says whether the tests are of it too. -#}
{% macro note_stamp() -%}
    {%- set left_out = [] -%}
    {%- for node in graph.nodes.values()
        if node.resource_type in ('model', 'seed', 'test') and node.unique_id not in selected_resources -%}
        {%- do left_out.append(node.unique_id) -%}
    {%- endfor -%}
    create or replace temp table stamped as
    with stamps as (
        select cast(getvariable('project_stamp') as varchar) as told,
            cast(getvariable('stamp_of_everything') as varchar) as of_everything, any_value(stamp) as before
        from load_audit.project_nodes
    )
    select coalesce(told, case when {{ not left_out }} or before = of_everything then of_everything end) as sure,
        coalesce(sure, case when {{ flags.WHICH == 'test' }} then before end) as stamp, sure is not null as is_sure
    from stamps;
{%- endmacro %}

{#- The ids of what a node's rows change with: what it depends on, but for what it only looks up.

    A model that says `looks_up` in its meta joins those by a key that its own rows bring, and what is there of a key
    stays as it is, or changes only with these rows: a load of the ledger is one. What is judged together changes
    together, and so do the notes of the ledger on it.

    node: of dbt's graph; together, notes: what judged_together and judging_notes list, asked once for all nodes. -#}
{% macro changed_by(node, together, notes) -%}
    {%- set facts = 'model.crescendo.fct_observations' -%}
    {%- set looked_up = node.config.meta.looks_up | default([]) if node.config.meta else [] -%}
    {%- set parents = [facts] if node.name in together and node.unique_id != facts else [] -%}
    {%- for parent in node.depends_on.nodes | default([]) if parent.split('.')[2:] | join('.') not in looked_up -%}
        {%- do parents.append(parent) -%}
        {%- if parent in notes -%}
            {%- do parents.append(facts) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(parents) }}
{%- endmacro %}

{#- After a run: which data tests failed stays in the warehouse until they pass or are removed, so that `crescendo` can
    say it beside its answers. A data test is a promise of ours; it warns, because dbt skips all that is downstream of an
    error, and the verdict is given here and in `tell_broken_promises`. A test that reads a stale model decides nothing.

    results: dbt's results of the run. -#}
{% macro note_broken_promises(results) -%}
    {%- set tested = [] -%}
    {%- for result in results if result.node.resource_type == 'test' and result.status not in ('skipped', 'no-op') -%}
        {%- do tested.append({
            'unique_id': result.node.unique_id, 'promise': result.node.name, 'row_count': result.failures or 0,
            'has_passed': result.status == 'pass'
        }) -%}
    {%- endfor -%}
    {%- if tested -%}
        create or replace temp table tested as
        select *, unique_id in (from load_audit.undecided_promises) as is_undecided
        from (select unnest(from_json('{{ tojson(tested) }}', '[{"unique_id": "varchar", "promise": "varchar",
            "row_count": "bigint", "has_passed": "boolean"}]'), recursive := true));
        insert into load_audit.built_models
        select unique_id, checksum, '{{ run_started_at }}', (select coalesce(max(_load_id), 0) from load_audit.loads),
            (select coalesce(max(touch_id), 0) from load_audit.touched_tables)
        from load_audit.project_nodes semi join tested using (unique_id)
        where unique_id not in (select unique_id from tested where is_undecided)
            and (select is_sure from stamped)
        on conflict do update set
            checksum = excluded.checksum, began_at = excluded.began_at, _load_id = excluded._load_id,
            touch_id = excluded.touch_id;
        delete from load_audit.broken_promises
        where promise in (select promise from tested where not is_undecided)
            or promise not in (select name from load_audit.project_nodes where is_promise);
        insert into load_audit.broken_promises
        select promise, row_count, '{{ run_started_at }}' from tested where not (has_passed or is_undecided);
    {%- endif -%}
{%- endmacro %}

{#- Ends a run with an error that names the promises that it found broken, once all models are built; see
    `note_broken_promises`. The error is one of the database's: one of dbt's own ends the run as if it were interrupted.

    results: dbt's results of the run. -#}
{% macro tell_broken_promises(results) -%}
    {%- if execute and results | selectattr('node.resource_type', 'equalto', 'test')
        | rejectattr('status', 'in', ['skipped', 'no-op']) | list -%}
        {%- set names = run_query("
            select string_agg(promise, ', ' order by promise) filter (where is_undecided),
                string_agg(promise, ', ' order by promise) filter (where not is_undecided)
            from tested where not has_passed").rows[0] -%}
        {%- if names[0] -%}
            {%- do log('Undecided: ' ~ names[0] ~ '. What failed there reads models that this run did not build, older'
                ~ ' than the last load, their code or what they are made from: run `crescendo build`.', info=true) -%}
        {%- endif -%}
        {%- if names[1] -%}
            select error(
                'Promises of Crescendo are broken, which is a fault of ours: {{ names[1] }}. '
                || 'All that does not depend on them is built; believe no number that rests on what they check.'
            )
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}

{#- Puts the descriptions of what was built, and of the raw tables, into the DuckDB file. One text at the end of a run:
    dbt's own `persist_docs` asks the catalog about each model, and knows no table functions. One transaction, since a
    commit for each of some thousand comments would wait for the disk as often.

    results: of the run, as dbt hands them to on-run-end. -#}
{% macro describe_tables(results) -%}
    {%- if execute and flags.WHICH in ('build', 'run', 'seed') -%}
        {%- set kinds = {'table': 'table', 'incremental': 'table', 'seed': 'table', 'view': 'view', 'table_function': 'macro table'} -%}
        {%- set built = results | selectattr('status', 'equalto', 'success') | map(attribute='node.unique_id') | list -%}
        {#- most raw tables are described: what is said of each and its columns, as one text -#}
        {%- set raw = {} -%}
        {%- for row in run_query("
            select schema_name || '.' || table_name, coalesce(comment, '') || coalesce((
                select string_agg(chr(10) || column_name || ' ' || comment, '' order by column_name)
                from duckdb_columns() as c where c.table_oid = t.table_oid and c.database_name = t.database_name and comment is not null), '')
            from duckdb_tables() as t where database_name = current_database()").rows -%}
            {%- do raw.update({row[0]: row[1]}) -%}
        {%- endfor -%}
        begin;
        {%- for node in graph.nodes.values() if node.unique_id in built -%}
            {{ comments_of(node, node.alias, kinds.get(node.config.materialized)) }}
        {%- endfor -%}
        {%- for node in graph.sources.values() if node.schema ~ '.' ~ node.identifier in raw -%}
            {%- if raw[node.schema ~ '.' ~ node.identifier] != described(node) -%}
                {{ comments_of(node, node.identifier, 'table') }}
            {%- endif -%}
        {%- endfor %}
        commit;
    {%- endif -%}
{%- endmacro %}

{#- A source's description and those of its columns, as `describe_tables` reads them from the file. -#}
{% macro described(node) -%}
    {%- set said = [node.description] -%}
    {%- for column in node.columns.values() | sort(attribute='name', case_sensitive=true) -%}
        {%- do said.append(column.name ~ ' ' ~ column.description) -%}
    {%- endfor -%}
    {{ return(said | join('\n')) }}
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
