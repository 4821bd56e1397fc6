{#- The compound daily growth rate in percent: 100 * ((start + growth) / start) ^ (1 / days) - 100.

    A power minus one loses precision if the rate is small. So half of the logarithm of the ratio is calculated from the
    growth with atanh, if the growth is small, and exp(y) - 1 as 2 * exp(y / 2) * sinh(y / 2). The relative error is at
    most 2e-15.

    start, growth, days: SQL expressions of numbers; the start is above zero, and growth takes no more than all of it. -#}
{% macro daily_rate(start, growth, days) -%}
    {%- set half -%}
        case
            when 2 * abs({{ growth }}) < {{ start }} then atanh({{ growth }} / (2 * {{ start }} + {{ growth }}))
            else ln(({{ start }} + {{ growth }}) / {{ start }}) / 2
        end / {{ days }}
    {%- endset -%}
    case
        when {{ start }} + {{ growth }} = 0 then -100
        else 200 * exp({{ half }}) * sinh({{ half }})
    end
{%- endmacro %}
