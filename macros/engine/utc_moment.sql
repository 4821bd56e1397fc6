{#- A moment as written becomes a timestamp in UTC: by its offset, or by the time zone of the leads' exports if it has
    none. A day alone is its midnight there. Null if the text is no moment.

    expression: a SQL expression of type text. -#}
{% macro utc_moment(expression) -%}
    {{ return(adapter.dispatch('utc_moment', 'crescendo')(expression)) }}
{%- endmacro %}

{% macro default__utc_moment(expression) -%}
    timezone('UTC', case
        when regexp_matches(substr({{ expression }}, 20), '[-+Z]')
            then try_cast({{ expression }} as timestamp with time zone)
        else timezone('{{ var("leads_time_zone") }}', try_cast({{ expression }} as timestamp))
    end)
{%- endmacro %}

{% macro spark__utc_moment(expression) -%}
    case
        when substr({{ expression }}, 20) rlike '[-+Z]'
            then to_utc_timestamp(try_cast({{ expression }} as timestamp), current_timezone())
        else to_utc_timestamp(try_cast({{ expression }} as timestamp_ntz), '{{ var("leads_time_zone") }}')
    end
{%- endmacro %}
