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
