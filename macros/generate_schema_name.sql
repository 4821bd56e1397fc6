{#- A layer's schema has the name that dbt_project.yml gives it, with no prefix: `from metrics.song_days` is what
    people type in the shell, and it is the same on every machine. -#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ (custom_schema_name or target.schema) | trim }}
{%- endmacro %}
