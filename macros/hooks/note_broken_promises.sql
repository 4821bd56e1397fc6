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
