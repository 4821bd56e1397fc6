-- The partner computes growth too. Every figure of its report is set against ours, and every
-- difference says why: a reason is given only if it reproduces the partner's number.

with

summaries as (

    select * from {{ ref('int_audience_report_summaries_latest') }}

),

metrics as (

    select * from {{ ref('dim_metrics') }}

),

-- one row per figure of a song that we have
figures as (

    select
        summaries.*,
        series.series_id,
        metrics.max_age_days
    from summaries
    inner join {{ ref('dim_series') }} as series
        on
            summaries.subject_id = series.subject_id
            and summaries.metric_id = series.metric_id
    inner join metrics on summaries.metric_id = metrics.metric_id

),

looked_at as (

    {{ anchor_days('figures', ['from_date', 'to_date']) }}

),

-- one row per song, metric and period; our anchors, and what was observed on the very days
valued as (

    select
        looked_at.subject_id,
        looked_at.metric_id,
        looked_at.period,
        max_by(observations.value, observations.observed_date) filter (
            where not observations.is_outlier and observations.observed_date <= looked_at.from_date
        ) as start_value,
        max_by(observations.value, observations.observed_date) filter (
            where
            not observations.is_outlier
            and observations.observed_date >= looked_at.to_date - looked_at.max_age_days
        ) as end_value,
        bool_or(observations.is_outlier) filter (
            where observations.observed_date in (looked_at.from_date, looked_at.to_date)
        ) as has_outlier,
        bool_or(
            observations.value <> case observations.observed_date
                when looked_at.from_date then looked_at.shown_start_value
                when looked_at.to_date then looked_at.shown_end_value
            end
        ) as has_other_value
    from looked_at
    inner join {{ ref('fct_observations') }} as observations
        on
            looked_at.series_id = observations.series_id
            and looked_at.anchor_date = observations.observed_date
    group by looked_at.subject_id, looked_at.metric_id, looked_at.period

),

judged as (

    select
        summaries.subject_id,
        summaries.metric_id,
        summaries.period,
        summaries.from_date,
        summaries.to_date,
        summaries.evolution as partner_growth,
        summaries.percent_evolution as partner_growth_pct,
        valued.end_value - valued.start_value as growth,
        case
            when valued.start_value > 0
                then 100 * (valued.end_value - valued.start_value) / valued.start_value
        end as growth_pct,
        case
            when
                summaries.evolution = valued.end_value - valued.start_value
                -- it rounds to six places
                and abs(
                    summaries.percent_evolution * valued.start_value / 100 - summaries.evolution
                ) <= 1e-8 * valued.start_value
                then 'equal'
            when
                summaries.evolution = 0
                and summaries.shown_start_value is null
                and valued.start_value is null
                then 'no base, sent as 0'
            when summaries.evolution = 0 and summaries.shown_start_value is null
                then 'base of an earlier day, sent as 0'
            when summaries.evolution <> summaries.shown_end_value - summaries.shown_start_value
                then 'unexplained'
            when summaries.evolution = valued.end_value - valued.start_value then 'unexplained'
            when valued.has_outlier then 'outlier'
            when valued.has_other_value then 'other versions or sources count'
            else 'unexplained'
        end as verdict
    from summaries
    left join valued
        on
            summaries.subject_id = valued.subject_id
            and summaries.metric_id = valued.metric_id
            and summaries.period = valued.period

)

select * from judged
