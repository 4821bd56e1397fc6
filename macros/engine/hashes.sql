{#- The bigint key of a series: the first 15 hex digits (60 bits) of the md5 of its natural key. The same on every
    engine and in every build, so a series keeps its id when the warehouse is built again elsewhere.

    subject_id, metric_id: SQL expressions of type text. -#}
{% macro series_key(subject_id, metric_id) -%}
    cast('0x' || substr(md5({{ subject_id }} || '|' || {{ metric_id }}), 1, 15) as bigint)
{%- endmacro %}

{#- A person's data beyond staging: a keyed sha256 in hex, equal for equal values, null for null. The key is a variable
    of the connection, which the profile's plugin sets: it is in no compiled file and in no view. Without a key a value
    that has few forms, such as a gender, could be guessed by hashing all of them.

    expression: a SQL expression of type text. -#}
{% macro masked(expression) -%}
    sha256(
        coalesce(
            cast(getvariable('mask_key') as string),
            cast(error('no mask_key: profiles.yml wants the plugin crescendo.dbt_plugin') as string)
        ) || {{ expression }}
    )
{%- endmacro %}

{#- A hash of 64 bits of some values of a row, nulls included: equal for equal values, on one engine. Its sum is exact.

    expressions: a list of SQL expressions. -#}
{% macro row_hash(expressions) -%}
    hash({{ expressions | join(', ') }})
{%- endmacro %}

{#- What rows of one person have in common: 64 bits of a text, keyed as by `masked`, null for null. Two texts may have the
    same: it tells who may be the same person, not who is.

    expression: a SQL expression of type text. -#}
{% macro person_link(expression) -%}
    case
        when {{ expression }} is not null
            then hash(cast(getvariable('mask_key') as string), {{ expression }})
    end
{%- endmacro %}
