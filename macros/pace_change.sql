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

{#- The days between anchors if they are the same of all members, else null.

    days: names of columns. members: a condition, which members. -#}
{% macro one_length(days, members) -%}
    case
        when
            min(least({{ days | join(', ') }})) filter (where {{ members }})
            = max(greatest({{ days | join(', ') }})) filter (where {{ members }})
            then min({{ days[0] }}) filter (where {{ members }})
    end
{%- endmacro %}

{#- What members gain a day between their own anchors, added up, each by its weight: as decimals, so that the sum is the same
    in any order.

    amount, days: names of columns. members: a condition, which members. -#}
{% macro pace_sum(amount, days, members) -%}
    cast(
        sum(cast(weight * {{ amount }} / nullif({{ days }}, 0) as decimal(38, 16))) filter (where {{ members }})
        as double
    )
{%- endmacro %}

{#- What members gained, each by its weight, to be compared with what they gained in the window before: as it is if the
    anchors of all lie equally far apart in both windows, else a day.

    amount, days: names of columns. members: a condition, which members. -#}
{% macro comparable_sum(amount, days, members) -%}
    case
        when {{ one_length(['anchored_days', 'anchored_days_before'], members) }} is null
            then {{ pace_sum(amount, days, members) }}
        else sum(weight * {{ amount }}) filter (where {{ members }})
    end
{%- endmacro %}
