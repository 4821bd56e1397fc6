{#- True where `value` rises above what stood before it, falls back by more than a correction at what comes after it, and
    before and after lie nearer to each other than to it. A counter cannot do that: the value is not one of its counts.
    Needs `value` and the metric's `correction_ratio`; where that is null, falls are normal and nothing leaps.

    before, after: SQL expressions of type double. -#}
{% macro leaps_and_returns(before, after) -%}
    (
        value - {{ after }} > correction_ratio * value
        and {{ before }} - {{ after }} <= correction_ratio * {{ before }}
        and abs({{ after }} - {{ before }}) < value - {{ after }}
    )
{%- endmacro %}
