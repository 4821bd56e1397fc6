{#- The bigint key of a series: the first 15 hex digits (60 bits) of the md5 of its natural key. The same on every
    engine and in every build, so a series keeps its id when the warehouse is built again elsewhere.

    subject_id, metric_id: SQL expressions of type text. -#}
{% macro series_key(subject_id, metric_id) -%}
    {{ return(adapter.dispatch('series_key', 'crescendo')(subject_id, metric_id)) }}
{%- endmacro %}

{% macro default__series_key(subject_id, metric_id) -%}
    cast('0x' || substr(md5({{ subject_id }} || '|' || {{ metric_id }}), 1, 15) as bigint)
{%- endmacro %}

{% macro spark__series_key(subject_id, metric_id) -%}
    cast(conv(substr(md5({{ subject_id }} || '|' || {{ metric_id }}), 1, 15), 16, 10) as bigint)
{%- endmacro %}
