{#- The first day of a table function's window. A macro, because a unit test can give a macro a value, but not a
    parameter. -#}
{% macro from_day() -%}
    cast(from_date as date)
{%- endmacro %}

{#- The last day of a table function's window, see `from_day`. -#}
{% macro to_day() -%}
    cast(to_date as date)
{%- endmacro %}

{#- The moment before which a build must have begun, to be known at `as_known_at`: the end of it, if it is a day. -#}
{% macro known_before() -%}
    case
        when length(cast(as_known_at as varchar)) = 10 then cast(cast(as_known_at as date) + 1 as timestamp)
        else cast(as_known_at as timestamp) + interval 1 microsecond
    end
{%- endmacro %}

{#- One row per series that had been observed by `day`: its latest sound observation by then, with the totals so far.
    That is the one whose next observation is later. The range of days is constant text, so DuckDB skips all storage but
    those days; an older observation is found as the beginning of a silence.

    day: a SQL expression of type date, without columns. -#}
{% macro window_anchor(day) -%}
    select
        series_id,
        observed_date,
        value,
        linked_value,
        running_gain,
        running_value_days,
        running_observations,
        running_breaks
    from {{ ref('fct_observations') }}
    where
        observed_date between {{ day }} - {{ var('anchor_lookback_days') }} and {{ day }}
        and not is_outlier
        and (next_observed_date > {{ day }} or next_observed_date is null)

    union all

    select
        series_id,
        silent_from_date as observed_date,
        value,
        linked_value,
        running_gain,
        running_value_days,
        running_observations,
        running_breaks
    from {{ ref('fct_silences') }}
    where
        silent_from_date < {{ day }} - {{ var('anchor_lookback_days') }}
        and (silent_until_date > {{ day }} or silent_until_date is null)
{%- endmacro %}

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
        -- how often a series changed its scale by then; corrections leave it on one
        floor(coalesce(opening.running_breaks, 0) / 131072) as opening_scale,
        floor(coalesce(closing.running_breaks, 0) / 131072) as closing_scale,
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
        -- the rises of what may fall are as many as it is read: it gains its growth
        case
            when series.kind in ('counter', 'flow')
                then closing.running_gain - coalesce(opening.running_gain, 0)
            else closing.value - opening.value - (closing.linked_value - opening.linked_value)
        end as gained,
        case
            when series.kind in ('counter', 'flow')
                then opening.running_gain - coalesce(earlier.running_gain, 0)
            else opening.value - earlier.value - (opening.linked_value - earlier.linked_value)
        end as previous_gained,
        closing.observed_date - coalesce(opening.observed_date, series.first_date) as gained_day_count,
        -- the sum of a flow is compared as it is, but windows of as many days have four weekly lists or five
        case
            when series.kind <> 'flow' then closing.observed_date - opening.observed_date
            when series.cadence_days = 1 then 1
            else closing.running_observations - coalesce(opening.running_observations, 0)
        end as anchored_days,
        case
            when series.kind <> 'flow' then opening.observed_date - earlier.observed_date
            when series.cadence_days = 1 then 1
            else opening.running_observations - coalesce(earlier.running_observations, 0)
        end as anchored_days_before,
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
        -- the percent of a flow is that of both windows
        series.kind = 'flow' and coalesce(closing.running_breaks, 0) > coalesce(earlier.running_breaks, 0) as is_rescaled,
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

{#- The rows of the step `judged`, and whether their status lets them have a percent (`has_percent`): a flow of which too
    few days were seen has none. Reads the step `statuses`. -#}
{% macro with_percent() -%}
    select
        judged.*,
        statuses.has_percent and (judged.kind <> 'flow' or not judged.is_thin) as has_percent
    from judged
    inner join statuses on judged.status = statuses.status
{%- endmacro %}

{#- The definitions of docs/method.md in one place, for a table function's window and for the windows of a build: the
    steps that turn anchors into growth. The last step is `grown`; the steps before them are `anchors`, of
    `window_anchors`, and `statuses`. -#}
{% macro judged_growth() -%}
-- what is known of the window and of the one before it; a flow is what was observed in each
known as (

    select
        *,
        cast(breaks % 131072 as integer) as correction_count,
        cast(breaks // 131072 % 4096 as integer) as restatement_count,
        cast(breaks // 536870912 % 4096 as integer) as reset_count,
        cast(breaks // 2199023255552 as integer) as relink_count,
        case when kind = 'flow' then observed_days > 0 else end_value is not null end as has_end,
        case
            when kind = 'flow' then previous_observed_days > 0 else start_value is not null
        end as has_base,
        least(1, observed_days / expected_days) as coverage_ratio,
        observed_days >= {{ var('coverage_floor') }} * expected_days as is_covered,
        if(kind = 'flow', least(observed_days, previous_observed_days), observed_days)
        < {{ var('coverage_floor') }} * expected_days as is_thin,
        case when kind = 'flow' then previous_gained else start_value end as base,
        kind = 'flow' or coalesce(is_earlier_comparable, false) as is_pace_comparable,
        case
            when is_rescaled and least(observed_days, previous_observed_days) > 0 then 'restated_in_window'
            when start_value is null or end_value is null then null
            when breaks // 536870912 % 4096 > 0 then 'reset_in_window'
            when breaks // 131072 % 4096 > 0 then 'restated_in_window'
            when breaks >= 2199023255552 then 'relinked_in_window'
            when is_unconfirmed then 'unconfirmed_end'
        end as break_status
    from anchors

),

-- the first that holds, in the order of growth_statuses
judged as (

    select
        *,
        case
            when end_observed_date is null or (kind = 'flow' and not has_end) then 'no_end'
            when start_observed_date is null or (kind = 'flow' and not has_base) then 'no_base'
            when not has_end then 'stale_end'
            when not has_base then 'stale_base'
            when base <= 0 then 'zero_base'
            when break_status is not null then break_status
            when is_thin then 'low_coverage'
            when base < min_base then 'low_base'
            when is_partial then 'partial_window'
            else 'ok'
        end as status,
        case
            when kind = 'flow' then case when has_end then gained end
            -- from zero, if it is known that it began in the window
            when is_new and kind = 'counter' then end_value - linked_change
            else end_value - start_value - linked_change
        end as growth,
        case when has_end and (has_base or kind = 'flow') then gained end as gained_here,
        case
            when has_base and (has_earlier_value or kind = 'flow') then previous_gained
        end as gained_before
    from known

),

rated as (

    {{ with_percent() }}

),

compared as (

    select
        *,
        case
            when
                has_percent
                and gained_before > 0
                and is_pace_comparable
                then {{ pace_change('gained_here', 'anchored_days', 'gained_before', 'anchored_days_before') }}
        end as period_change_pct,
        case
            when
                has_percent
                and kind <> 'flow'
                and start_value + growth >= 0
                then {{ daily_rate('start_value', 'growth', 'window_days') }}
        end as daily_rate_pct
    from rated

),

grown as (

    select
        *,
        case
            when kind = 'flow' then period_change_pct
            when has_percent then 100 * growth / start_value
        end as growth_pct
    from compared

)
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

{#- A whole number of members, added up; 0 if there are none. As a bigint: a sum of hugeints has no digit to spare in Spark
    for that of a coverage.

    amount: a SQL expression. members: a condition, which members. -#}
{% macro whole_sum(amount, members) -%}
    cast(coalesce(sum({{ amount }}) filter (where {{ members }}), 0) as bigint)
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
