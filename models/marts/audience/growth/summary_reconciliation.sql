-- The partner computes growth too. Every figure of its report is set against ours, and every
-- difference says why: a reason is given only if it reproduces the partner's number.

with

summaries as (

    select * from {{ ref('int_audience_report_summaries_latest') }}

),

series as (

    select * from {{ ref('dim_series') }}

),

metrics as (

    select * from {{ ref('dim_metrics') }}

),

observations as (

    select * from {{ ref('fct_observations') }}

),

-- one row per song, metric and period; our anchors, and what was observed on the very days
valued as (

    select
        summaries.subject_id,
        summaries.metric_id,
        summaries.period,
        max_by(observations.value, observations.observed_date) filter (
            where not observations.is_outlier and observations.observed_date <= summaries.from_date
        ) as start_value,
        max_by(observations.value, observations.observed_date) filter (
            where
            not observations.is_outlier
            and observations.observed_date >= summaries.to_date - metrics.max_age_days
        ) as end_value,
        bool_or(observations.is_outlier) filter (
            where observations.observed_date in (summaries.from_date, summaries.to_date)
        ) as has_outlier,
        bool_or(
            observations.value <> case observations.observed_date
                when summaries.from_date then summaries.shown_start_value
                when summaries.to_date then summaries.shown_end_value
            end
        ) as has_other_value
    from summaries
    inner join series
        on
            summaries.subject_id = series.subject_id
            and summaries.metric_id = series.metric_id
    inner join metrics on summaries.metric_id = metrics.metric_id
    inner join observations on series.series_id = observations.series_id
    where
        observations.observed_date
        between summaries.from_date - metrics.max_age_days and summaries.from_date
        or observations.observed_date
        between summaries.to_date - metrics.max_age_days and summaries.to_date
    group by all

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
