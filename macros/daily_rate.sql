{#- Percent a day, compounded, that makes of a first value what it became: 100 * ((start + growth) / start) ^ (1 / days) - 100.

    A power less one loses its digits where the rate is small. So the logarithm of the quotient, halved, is taken of the
    growth itself where that is small (atanh), and exp(y) - 1 is 2 * exp(y / 2) * sinh(y / 2): right to 2e-15 of itself.

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
