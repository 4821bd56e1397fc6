{#- This window's gain against that of another, in percent. If the anchors of one lie further apart than those of the other,
    what was gained a day between them is compared: a gain over eight days is no more than one over six, if each day gained
    as much. Null if nothing was read between the anchors. The gain of the other window is above zero.

    gained, days: SQL expressions of the window's gain and of the days between its anchors; the sum of a flow has 1.
    gained_before, days_before: of the other window. -#}
{% macro pace_change(gained, days, gained_before, days_before) -%}
    case
        when {{ days }} = {{ days_before }}
            then 100 * ({{ gained }} - {{ gained_before }}) / {{ gained_before }}
        when {{ days }} > 0
            then
                100 * ({{ gained }} * {{ days_before }} - {{ gained_before }} * {{ days }})
                / ({{ gained_before }} * {{ days }})
    end
{%- endmacro %}
