{#- Takes back what `begin_build` noted, for what was built; what failed or was skipped is told from what was killed.

    results: of the run, as dbt hands them to on-run-end. -#}
{% macro end_build(results) -%}
    {%- if execute and flags.WHICH in ('build', 'run', 'seed') -%}
        {%- set built = results | selectattr('status', 'equalto', 'success') | map(attribute='node.unique_id') | list -%}
        delete from load_audit.unbuilt_models where unique_id in ('{{ built | join("', '") }}');
        update load_audit.unbuilt_models set has_failed = true where invocation_id = '{{ invocation_id }}';
    {%- endif -%}
{%- endmacro %}
