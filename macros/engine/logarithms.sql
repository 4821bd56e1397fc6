{#- The natural logarithm of a ratio in two steps, to twelve decimals and the same in every engine.

    The last digit of `ln` differs between engines, and so does the last decimal of one rounded logarithm in 100,000. Square
    roots, products and quotients are exact to the last digit everywhere. So the logarithm is 512 times the area hyperbolic
    tangent of (r - 1) / (r + 1), where r is the 256th root: a series of eight terms for ratios of 2^-64 to 2^64. The error
    is at most 1e-13 before it is rounded. -#}

{#- The 256th root of a ratio, a column for the next step; null if one of its numbers is zero, which has no logarithm.

    over, under: SQL expressions of numbers that are not negative. -#}
{% macro ratio_root(over, under) -%}
    sqrt(sqrt(sqrt(sqrt(sqrt(sqrt(sqrt(sqrt(nullif({{ over }}, 0) / nullif({{ under }}, 0)))))))))
{%- endmacro %}

{#- The logarithm, as a decimal.

    root: the column that `ratio_root` made. -#}
{% macro log_of_root(root) -%}
    {%- set part = '((' ~ root ~ ' - 1) / (' ~ root ~ ' + 1))' -%}
    {%- set series = namespace(sql='1e0 / 15') -%}
    {%- for divisor in (13, 11, 9, 7, 5, 3, 1) -%}
        {%- set series.sql = '(1e0 / ' ~ divisor ~ ' + ' ~ part ~ ' * ' ~ part ~ ' * ' ~ series.sql ~ ')' -%}
    {%- endfor -%}
    cast(floor(512e12 * {{ part }} * {{ series.sql }} + 0.5) / 1e12 as decimal(18, 12))
{%- endmacro %}
