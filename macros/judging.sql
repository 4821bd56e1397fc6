{#- How `fct_observations` takes up what `int_series_touched` says was touched. docs/decisions/0020 says why. -#}

{#- The models of which one run makes a whole: what is judged, and all that it is judged by. -#}
{% macro judged_together() -%}
    {{ return([
        'int_series_fingerprinted', 'int_series_ruled', 'int_series_changed', 'int_changes_appended',
        'int_changes_explained', 'int_changes_dated', 'int_judging_planned', 'int_series_carried',
        'int_series_touched', 'int_observations_touched', 'int_observations_keyed', 'int_falls_surrounded',
        'int_runs_contradicted', 'int_excursions_found', 'int_observations_judged', 'int_observations_compared',
        'fct_observations'
    ]) }}
{%- endmacro %}

{#- The sources that hold what a build of the above noted, so that they change with it. -#}
{% macro judging_notes() -%}
    {%- set names = ['judged_series', 'judged_codes', 'judgements', 'replaced_observations', 'held_observations'] -%}
    {%- set notes = [] -%}
    {%- for name in names -%}
        {%- do notes.append('source.crescendo.load_audit.' ~ name) -%}
    {%- endfor -%}
    {{ return(notes) }}
{%- endmacro %}

{#- A hash of the rules as they are written, as a SQL literal: of the models above and the macros in them. -#}
{% macro judging_code() -%}
    {%- set written = [days_between('a', 'b'), row_hash(['a', 'b']), series_key('a', 'b'), is_excursion()] -%}
    {{ return(code_of(judged_together(), written)) }}
{%- endmacro %}

{#- A hash of SQL as it is written, as a SQL literal.

    names: of models. texts: what macros in them write. -#}
{% macro code_of(names, texts) -%}
    {%- set nodes = graph.nodes.values() | sort(attribute='unique_id') if execute else [] -%}
    {%- for node in nodes if node.resource_type == 'model' and node.name in names -%}
        {%- do texts.append(node.raw_code) -%}
    {%- endfor -%}
    {{ return("'" ~ local_md5(texts | join('\n')) ~ "'") }}
{%- endmacro %}

{#- dbt's question whether a table is made anew. Of the facts, the plan of this run knows, see
    `int_judging_planned`; each long table of leads and films knows it of itself, see `goes_on`. -#}
{% macro should_full_refresh() %}
    {%- if execute and model.name == 'fct_observations' and model.resource_type == 'model' -%}
        {{ return(run_query('select is_whole from ' ~ judged_part('int_judging_planned')).rows[0][0]) }}
    {%- endif -%}
    {%- if execute and model.name in taken_leads() + taken_films() + taken_series() and model.resource_type == 'model' -%}
        {{ return(flags.FULL_REFRESH or not goes_on()) }}
    {%- endif -%}
    {%- set asked = config.get('full_refresh') -%}
    {{ return(flags.FULL_REFRESH if asked is none else asked) }}
{%- endmacro %}

{#- Whether everything was asked for, as a SQL literal. A unit test of a model that reads it overrides it. -#}
{% macro is_asked_for_anew() -%}
    {{ flags.FULL_REFRESH | lower }}
{%- endmacro %}

{#- A relation of the models above; not by `ref`, as `fct_observations` reads it beside its own query. -#}
{% macro judged_part(name) -%}
    {%- set node = graph.nodes['model.crescendo.' ~ name] -%}
    {{ return(adapter.quote(node.schema) ~ '.' ~ adapter.quote(node.alias)) }}
{%- endmacro %}

{#- Says in a line why all is made anew, if it is not the first time.

    planned: name of the model that decides it. what: the beginning of the line. first: the reason that is not told. -#}
{% macro tell_why_all(planned='int_judging_planned', what='All observations are judged anew', first='none was judged before') -%}
    {%- if execute -%}
        {%- set reason = run_query('select whole_reason from ' ~ judged_part(planned)).rows[0][0] -%}
        {%- if reason and reason != first -%}
            {%- do log(what ~ ': ' ~ reason ~ '.', info=true) -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}

{#- dbt's name for a strategy of ours: what was judged goes into the table, in dbt's transaction.

    arguments: of dbt, as for each strategy. -#}
{% macro get_incremental_judged_sql(arguments) -%}
    {%- set touched = judged_part('int_series_touched') -%}
    {%- set spans = run_query(
        'select coalesce(min(carried_date), current_date), '
        ~ 'coalesce(min(oldest_date) filter (where carried_date is null), current_date) from ' ~ touched
    ).rows[0] -%}
    {{ take_up_judged(
        arguments.target_relation, arguments.temp_relation, touched, judged_part('int_judging_planned'),
        arguments.dest_columns | map(attribute='name') | list, spans
    ) }}
{%- endmacro %}

{#- The statements that turn the rows of touched series into those judged now: rows that differ are changed in their
    place, so that the table stays in the order of its days, and new ones are added at its end.

    What they replace is kept.

    target, judged, touched, planned: relations. columns: of the target. spans: the first day carried on from, and that of
    series judged from their beginning: literals, because a filter by a subquery would read all of the table. -#}
{% macro take_up_judged(target, judged, touched, planned, columns, spans) -%}
    {%- set keys = ['series_id', 'observed_date', 'known_from'] -%}
    create or replace temp table judged_before as
    select target.*, target.rowid as place
    from {{ target }} as target
    inner join {{ touched }} as touched on target.series_id = touched.series_id
    where target.observed_date > touched.carried_date and target.observed_date >= date '{{ spans[0] }}'
    union all
    select target.*, target.rowid as place
    from {{ target }} as target
    inner join {{ touched }} as touched on target.series_id = touched.series_id
    where touched.carried_date is null and target.observed_date >= date '{{ spans[1] }}';

    insert into load_audit.replaced_observations by name
    select earlier.* exclude (place), (select judged_at from {{ planned }}) as known_until
    from judged_before as earlier
    left join {{ judged }} as judged using (series_id, observed_date)
    where judged.series_id is null or {{ says_otherwise('earlier', 'judged', columns) }};

    delete from {{ target }}
    where rowid in (select place from judged_before anti join {{ judged }} using (series_id, observed_date));

    create or replace temp table judged_otherwise as
    select earlier.place, judged.*, {{ says_otherwise('earlier', 'judged', columns) }} as says_otherwise
    from judged_before as earlier
    inner join {{ judged }} as judged using (series_id, observed_date)
    where
        {%- for column in columns if column not in keys %}
        earlier.{{ column }} is distinct from judged.{{ column }}{{ ' or' if not loop.last }}
        {%- endfor %};

    {#- most of them only got a next observation: one column, not all -#}
    update {{ target }} as target
    set next_observed_date = judged.next_observed_date
    from judged_otherwise as judged
    where target.rowid = judged.place and not judged.says_otherwise;

    update {{ target }} as target
    set
        {%- for column in columns if column not in keys %}
        {{ column }} = judged.{{ column }},
        {%- endfor %}
        known_from = judged.known_from
    from judged_otherwise as judged
    where target.rowid = judged.place and judged.says_otherwise;

    insert into {{ target }} ({{ columns | join(', ') }})
    select {% for column in columns %}judged.{{ column }}{{ ', ' if not loop.last }}{% endfor %}
    from {{ judged }} as judged anti join judged_before as earlier using (series_id, observed_date)
    order by judged.observed_date, judged.series_id;

    drop table judged_otherwise;
    drop table judged_before;
{%- endmacro %}

{#- Whether an observation says something else than before, as a condition. That its series goes on after it does not
    count: it is known of every row when the next one came.

    before, now: names of relations. columns: those that both have. -#}
{% macro says_otherwise(before, now, columns) -%}
    (
        {%- for column in columns if column not in ('series_id', 'observed_date', 'known_from') %}
        {{ before }}.{{ column }} is distinct from {{ now }}.{{ column }}
        {{- ' and ' ~ before ~ '.' ~ column ~ ' is not null' if column == 'next_observed_date' }}
        {{- ' or' if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}

{#- Keeps what a table that was made anew replaces, and since when the rest of it was known.

    target, before, planned: relations. columns: of both. -#}
{% macro keep_replaced(target, before, planned, columns) -%}
    insert into load_audit.replaced_observations by name
    select earlier.*, (select judged_at from {{ planned }}) as known_until
    from {{ before }} as earlier
    left join {{ target }} as target using (series_id, observed_date)
    where target.series_id is null or {{ says_otherwise('earlier', 'target', columns) }};

    update {{ target }} as target
    set known_from = earlier.known_from
    from {{ before }} as earlier
    where
        target.series_id = earlier.series_id and target.observed_date = earlier.observed_date
        and not {{ says_otherwise('earlier', 'target', columns) }};
{%- endmacro %}

{#- Notes in the same transaction what the table now holds, and by which code it was judged. -#}
{% macro note_judged() -%}
    {%- if execute -%}
        {%- set columns = adapter.get_columns_in_relation(this) | map(attribute='name') | list -%}
        {%- set before = make_backup_relation(this, 'table') -%}
        {%- set known = run_query(
            "select column_name from duckdb_columns() where schema_name = '" ~ before.schema
            ~ "' and table_name = '" ~ before.identifier ~ "'"
        ).columns[0].values() | list -%}
        {#- a table of an earlier version has no versions -#}
        {%- if known | sort == columns | sort -%}
            {{ keep_replaced(this, before, judged_part('int_judging_planned'), columns) }}
        {%- endif -%}
        {{ note_what_was_judged(judged_part('int_series_touched'), judged_part('int_judging_planned')) }}
        delete from load_audit.judged_codes;
        insert into load_audit.judged_codes values ({{ judging_code() }});
        {%- if var('versions_kept_days') %}
        delete from load_audit.replaced_observations
        where known_until < cast('{{ run_started_at }}' as timestamp) - interval {{ var('versions_kept_days') }} day;
        {%- endif %}
    {%- endif -%}
{%- endmacro %}

{#- touched, planned: relations. -#}
{% macro note_what_was_judged(touched, planned) -%}
    delete from load_audit.judged_series
    where (select is_whole from {{ planned }}) or series_id in (select series_id from {{ touched }});
    insert into load_audit.judged_series
    select series_id, observation_count, fingerprint, rules_fingerprint, oldest_date, last_date
    from {{ touched }} where not is_vanished;
    insert into load_audit.judgements
    select judged_at, (select coalesce(max(_load_id), 0) from load_audit.loads) from {{ planned }};
{%- endmacro %}
