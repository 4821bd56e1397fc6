{#- Whether two versions of a day contradict each other: they differ by more than a correction.

    one, other: SQL expressions of type double. of: what stands before the columns of int_audience_versions_resolved that
    say what they may differ by, 'switches.'. -#}
{% macro is_contradicted(one, other, of='') -%}
    abs({{ one }} - {{ other }}) > greatest(
        {{ of }}tolerated_difference,
        {{ of }}tolerated_ratio * greatest(abs({{ one }}), abs({{ other }}))
    )
{%- endmacro %}
