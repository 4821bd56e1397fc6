{#- Whether all values that follow an observation up to the newest, one to ten of them, may be an excursion: they fell, more
    than doubled, or are about nothing. Needs the columns `value`, `least_value` and `largest_value` of those, `later_count`
    and the two ratios of the metric. -#}
{% macro is_unconfirmed() -%}
    later_count between 1 and 10
    and (
        value - largest_value > correction_ratio * value
        or (correction_ratio is not null and least_value > 2 * value)
        or (
            correction_ratio is null
            and value > 0
            and greatest(abs(least_value), abs(largest_value)) <= outlier_drop_ratio * value
        )
    )
{%- endmacro %}
