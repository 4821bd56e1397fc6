{#- Whether two versions of a day contradict each other: they differ by more than a correction.

    one, other: SQL expressions of type double. tolerated: name of a relation with the columns of
    int_audience_versions_resolved that say what they may differ by. -#}
{% macro is_contradicted(one, other, tolerated) -%}
    abs({{ one }} - {{ other }}) > greatest(
        {{ tolerated }}.tolerated_difference,
        {{ tolerated }}.tolerated_ratio * greatest(abs({{ one }}), abs({{ other }}))
    )
{%- endmacro %}
