{#- A view keeps the text it was made with, so a database name in it would break every view once the file is copied or
    renamed. Models, and the tests on them, therefore speak of schema and table only. -#}
{% macro ref() -%}
    {{ return(builtins.ref(*varargs, **kwargs).include(database=false)) }}
{%- endmacro %}

{#- See `ref`. -#}
{% macro source() -%}
    {{ return(builtins.source(*varargs, **kwargs).include(database=false)) }}
{%- endmacro %}

{#- A layer's schema has the name that dbt_project.yml gives it, with no prefix: `from metrics.song_days` is what
    people type in the shell, and it is the same on every machine. -#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ (custom_schema_name or target.schema) | trim }}
{%- endmacro %}
