{#- One row per series: the observations that a window opens and closes with, the one that opens the window of equal
    length before it, and what lies between them. All of it is differences of running totals, so the length of the window
    costs nothing. An anchor older than its metric allows keeps its date, as evidence, and loses its value. A flow has no
    stock: its windows are sums.

    spans: none for the one window of a table function; or the name of a relation of windows (platform, from_date,
    to_date), and there is a row per series and window of its platform, of anchors that int_window_anchors holds. -#}
{% macro window_anchors(spans=none) -%}
    {%- set opens = spans ~ '.from_date' if spans else from_day() -%}
    {%- set closes = spans ~ '.to_date' if spans else to_day() -%}
    {%- set earlier_day = opens ~ ' - cast(' ~ closes ~ ' - ' ~ opens ~ ' as integer)' -%}
    {%- set window_days = '(' ~ closes ~ ' - ' ~ opens ~ ')' -%}
    select
        {%- if spans %}
        {{ opens }},
        {{ closes }},
        {%- endif %}
        series.series_id,
        series.subject_id,
        series.name,
        series.subject_type,
        opening.series_id is null
        and coalesce(series.began_on > {{ opens }} and series.began_on <= {{ closes }}, false) as is_new,
        series.platform,
        series.metric,
        series.unit,
        series.kind,
        series.min_base,
        {{ closes }} > series.complete_through_date as is_partial,
        {{ window_days }} as window_days,
        opening.observed_date as start_observed_date,
        {{ opens }} - opening.observed_date as start_age_days,
        case
            when series.kind <> 'flow' and {{ opens }} - opening.observed_date <= series.max_age_days
                then opening.value
        end as start_value,
        closing.observed_date as end_observed_date,
        {{ closes }} - closing.observed_date as end_age_days,
        case
            when series.kind <> 'flow' and {{ closes }} - closing.observed_date <= series.max_age_days
                then closing.value
        end as end_value,
        -- what came with identifiers, less what went with them
        closing.linked_value - coalesce(opening.linked_value, 0) as linked_change,
        coalesce({{ earlier_day }} - earlier.observed_date <= series.max_age_days, false) as has_earlier_value,
        closing.running_gain - coalesce(opening.running_gain, 0) as gained,
        opening.running_gain - coalesce(earlier.running_gain, 0) as previous_gained,
        closing.observed_date - coalesce(opening.observed_date, series.first_date) as gained_day_count,
        closing.running_value_days + closing.value - coalesce(
            opening.running_value_days + opening.value * ({{ opens }} + 1 - opening.observed_date), 0
        ) as value_days,
        closing.observed_date - if(opening.series_id is null, series.first_date - 1, {{ opens }})
            as value_day_count,
        coalesce(closing.running_observations, 0) - coalesce(opening.running_observations, 0) as observed_days,
        coalesce(opening.running_observations, 0) - coalesce(earlier.running_observations, 0) as previous_observed_days,
        greatest(1, {{ window_days }} // series.cadence_days) as expected_days,
        -- the counts of four kinds of break in one number, see fct_observations
        cast(coalesce(closing.running_breaks, 0) - coalesce(opening.running_breaks, 0) as bigint) as breaks,
        -- corrections alone leave a window comparable
        earlier.value > 0 and opening.running_breaks - earlier.running_breaks < 131072 as is_earlier_comparable,
        coalesce(closing.observed_date >= series.unconfirmed_from_date, false) as is_unconfirmed
    from {{ ref('int_series_described') }} as series
    {%- if spans %}
    inner join {{ spans }} on series.platform = {{ spans }}.platform
    {%- endif %}
    {%- for name, day in {'opening': opens, 'closing': closes, 'earlier': earlier_day}.items() %}
    {%- if spans %}
    left join {{ ref('int_window_anchors') }} as {{ name }}
        on series.series_id = {{ name }}.series_id and {{ name }}.anchor_date = {{ day }}
    {%- else %}
    left join ({{ window_anchor(day) }}) as {{ name }} on series.series_id = {{ name }}.series_id
    {%- endif %}
    {%- endfor %}
{%- endmacro %}
