{#- A view keeps the text it was made with, so a database name in it would break every view once the file is copied or
    renamed. Models, and the tests on them, therefore speak of schema and table only. -#}
{% macro ref() -%}
    {{ return(builtins.ref(*varargs, **kwargs).include(database=false)) }}
{%- endmacro %}
