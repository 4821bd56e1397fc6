{#- The domain contract: what every domain of the variable `domains` brings in the model int_<domain>_<part>, in one
    relation. An optional column is read from the domains that list it; from the others it has its default.

    part: subjects, observations or memberships. -#}
{% macro union_domains(part) -%}
    {%- set required = {
        'subjects': ['subject_id', 'subject_type', 'name', 'began_on'],
        'observations': ['subject_id', 'metric_id', 'observed_date', 'value'],
        'memberships': ['subject_id', 'group_id', 'group_type', 'weight', 'counts'],
    }[part] -%}
    {%- set optional = {
        'subjects': {'counted_by': 'cast(null as string)', 'is_primary': 'true', 'is_composed': 'false'},
        'observations': {'linked_value': 'cast(0 as double)', 'is_restated': 'false'},
        'memberships': {},
    }[part] -%}
    {%- for domain, brought in var('domains').items() %}
    select
        {{ required | join(', ') }}
        {%- for column, default in optional.items() %},
        {{ column if column in (brought or []) else default ~ ' as ' ~ column }}
        {%- endfor %}
    from {{ ref('int_' ~ domain ~ '_' ~ part) }}
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
{%- endmacro %}
