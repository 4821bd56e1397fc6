{#- One row per series: the observations that a window opens and closes with, the one that opens the window of equal
    length before it, and what lies between them. All of it is differences of running totals, so the length of the window
    costs nothing. An anchor older than its metric allows keeps its date, as evidence, and loses its value.
    A flow is a counter that nobody summed up: its level is the sum so far. -#}
{% macro window_anchors() -%}
    {%- set earlier_day = from_day() ~ ' - cast(' ~ to_day() ~ ' - ' ~ from_day() ~ ' as integer)' -%}
    select
        series.series_id,
        series.subject_id,
        subjects.name,
        subjects.subject_type,
        opening.series_id is null
        and coalesce(subjects.release_date > {{ from_day() }} and subjects.release_date <= {{ to_day() }}, false) as is_new,
        metrics.platform,
        metrics.metric,
        metrics.unit,
        metrics.kind,
        metrics.min_base,
        {{ to_day() }} > platforms.complete_through_date as is_partial,
        {{ to_day() }} - {{ from_day() }} as window_days,
        opening.observed_date as start_observed_date,
        {{ from_day() }} - opening.observed_date as start_age_days,
        case
            when {{ from_day() }} - opening.observed_date <= metrics.max_age_days
                then if(metrics.kind = 'flow', opening.running_gain, opening.value)
        end as start_value,
        closing.observed_date as end_observed_date,
        {{ to_day() }} - closing.observed_date as end_age_days,
        case
            when {{ to_day() }} - closing.observed_date <= metrics.max_age_days
                then if(metrics.kind = 'flow', closing.running_gain, closing.value)
        end as end_value,
        coalesce({{ earlier_day }} - earlier.observed_date <= metrics.max_age_days, false) as has_earlier_value,
        closing.running_gain - coalesce(opening.running_gain, 0) as gained,
        opening.running_gain - earlier.running_gain as previous_gained,
        closing.observed_date - coalesce(opening.observed_date, series.first_date - if(metrics.kind = 'flow', 1, 0))
            as gained_day_count,
        closing.running_value_days + closing.value - coalesce(
            opening.running_value_days + opening.value * ({{ from_day() }} + 1 - opening.observed_date), 0
        ) as value_days,
        closing.observed_date - if(opening.series_id is null, series.first_date - 1, {{ from_day() }})
            as value_day_count,
        coalesce(closing.running_observations, 0) - coalesce(opening.running_observations, 0) as observed_days,
        greatest(1, ({{ to_day() }} - {{ from_day() }}) // metrics.cadence_days) as expected_days,
        least(
            1,
            (coalesce(closing.running_observations, 0) - coalesce(opening.running_observations, 0))
            / greatest(1, ({{ to_day() }} - {{ from_day() }}) // metrics.cadence_days)
        ) as coverage_ratio,
        coalesce(closing.running_corrections, 0) - coalesce(opening.running_corrections, 0) as correction_count,
        coalesce(closing.running_restatements, 0) - coalesce(opening.running_restatements, 0) as restatement_count,
        coalesce(closing.running_resets, 0) - coalesce(opening.running_resets, 0) as reset_count
    from {{ ref('dim_series') }} as series
    inner join {{ ref('dim_metrics') }} as metrics on series.metric_id = metrics.metric_id
    inner join {{ ref('dim_subjects') }} as subjects on series.subject_id = subjects.subject_id
    inner join {{ ref('platform_completeness') }} as platforms on metrics.platform = platforms.platform
    left join ({{ window_anchor(from_day()) }}) as opening on series.series_id = opening.series_id
    left join ({{ window_anchor(to_day()) }}) as closing on series.series_id = closing.series_id
    left join ({{ window_anchor(earlier_day) }}) as earlier on series.series_id = earlier.series_id
{%- endmacro %}
