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
