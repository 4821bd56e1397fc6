{#- The daily rate minus that of the window before, in percentage points. Both windows have the same number of days.

    Subtracting two rates that are almost equal loses precision. So the ratio of the two growth factors is calculated
    first, and its daily rate is multiplied by the daily factor of the window before: exp(a) - exp(b) is
    exp(b) * (exp(a - b) - 1). If the rate before is -100, that factor is zero, and the rates are subtracted.

    days: a SQL expression. The macro reads start_value, growth and daily_rate_pct of the row, and start_before,
    growth_before and rate_before, which are the same columns of the window before. -#}
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
