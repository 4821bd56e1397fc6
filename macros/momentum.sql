{#- How many percentage points a day more than in the window before, of as many days: the difference of two daily rates.

    Two rates that are almost the same have few digits between them, and exp(a) - exp(b) is exp(b) * (exp(a - b) - 1).
    So it is one quotient's growth over the other, by the rate before; where that is -100, nothing was left to grow.

    days: a SQL expression. Of the row it reads start_value, growth and daily_rate_pct, and start_before, growth_before
    and rate_before, which are the same of the window before. -#}
{% macro momentum(days) -%}
    case
        when daily_rate_pct is null or rate_before is null then null
        when rate_before = -100 then daily_rate_pct + 100
        else (1 + rate_before / 100) * (
            {{ daily_rate(
                '(start_value * (start_before + growth_before))',
                '(growth * start_before - growth_before * start_value)',
                days
            ) }}
        )
    end
{%- endmacro %}
