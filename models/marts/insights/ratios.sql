-- What one metric of a subject is to another, and which of them moves first: by how many weeks the
-- changes of the numerator have to be set back to go best with those of the denominator.

with

ratios as (

    select * from {{ ref('insight_ratios') }}

),

growth as (

    select * from {{ ref('series_growth') }}({{ to_day() }} - 28, to_date)

),

subjects as (

    select * from {{ ref('dim_subjects') }}

),

observations as (

    select * from {{ ref('fct_observations') }}

),

series as (

    select * from {{ ref('int_series_described') }}

),

ended as (

    select
        growth.*,
        growth.end_value is not null
        and coalesce(growth.end_observed_date >= series.unconfirmed_from_date, false)
            as is_unconfirmed
    from growth
    inner join series on growth.series_id = series.series_id

),

-- what rests on an end that no later value confirms is no figure, nor is a gain on two scales
figures as (

    select
        subject,
        subject_type,
        name,
        platform || ':' || metric as metric_id,
        case when is_unconfirmed then 'unconfirmed_end' else status end as status,
        case when kind <> 'flow' and not is_unconfirmed then end_value end as level,
        case
            when not is_unconfirmed and reset_count + restatement_count + relink_count = 0
                then gained
        end as gained,
        coverage_ratio
    from ended

),

paired as (

    select
        numerators.subject,
        numerators.subject_type,
        numerators.name,
        ratios.ratio_name,
        ratios.numerator_metric_id,
        ratios.denominator_metric_id,
        case when ratios.measure = 'gain' then numerators.gained else numerators.level end
            as numerator,
        case when ratios.measure = 'gain' then denominators.gained else denominators.level end
            as denominator,
        ratios.factor,
        numerators.status as numerator_status,
        denominators.status as denominator_status,
        least(numerators.coverage_ratio, denominators.coverage_ratio) as coverage_ratio,
        subjects.is_primary
    from ratios
    inner join figures as numerators on ratios.numerator_metric_id = numerators.metric_id
    inner join figures as denominators
        on
            ratios.denominator_metric_id = denominators.metric_id
            and numerators.subject = denominators.subject
    inner join subjects on numerators.subject = subjects.subject_id

),

-- a base of zero divides nothing
rated as (

    select
        *,
        case when denominator > 0 then factor * numerator / denominator end as ratio
    from paired

),

-- of twins one
compared as (

    select
        ratio_name,
        subject_type,
        count(ratio) as peer_count,
        median(ratio) as peer_median
    from rated
    where is_primary
    group by ratio_name, subject_type

),

placed as (

    select
        *,
        100 * percent_rank() over (
            partition by ratio_name, subject_type, is_primary, ratio is null
            order by ratio
        ) as lower_pct
    from rated

),

-- one row per series in a ratio and Sunday of the half year before: how it stood
closes as (

    select
        series.subject_id as subject,
        series.platform || ':' || series.metric as metric_id,
        cast(date_trunc('week', observations.observed_date) as date) + 6 as sunday_date,
        case
            when series.kind in ('counter', 'flow') then observations.running_gain
            else observations.value
        end as total,
        floor(observations.running_breaks / 131072) as scale
    from observations
    inner join series on observations.series_id = series.series_id
    inner join paired
        on
            series.subject_id = paired.subject
            and series.platform || ':' || series.metric
            in (paired.numerator_metric_id, paired.denominator_metric_id)
    where
        not observations.is_outlier
        and observations.observed_date > {{ to_day() }} - 224
        and observations.observed_date <= {{ to_day() }}
        and coalesce(
            observations.next_observed_date
            > cast(date_trunc('week', observations.observed_date) as date) + 6,
            true
        )
        and coalesce(observations.observed_date < series.unconfirmed_from_date, true)
    group by all

),

-- how its weekly gain changed, on a scale on which a doubling is as far up as a halving is down;
-- of three closes that follow each other with no break between them
changes as (

    select
        subject,
        metric_id,
        sunday_date,
        case
            when
                lag(sunday_date, 2) over weeks = sunday_date - 14
                and lag(scale, 2) over weeks = scale
                then
                    asinh(total - lag(total, 1) over weeks)
                    - asinh(lag(total, 1) over weeks - lag(total, 2) over weeks)
        end as change
    from closes
    window weeks as (partition by subject, metric_id order by sunday_date)

),

-- one row per subject, ratio and weeks of lead
shifted as (

    select
        paired.subject,
        paired.ratio_name,
        leads.lead_weeks,
        corr(numerators.change, denominators.change) as correlation,
        count(numerators.change + denominators.change) as week_count
    from paired
    cross join range(0, 5) as leads (lead_weeks)
    inner join changes as numerators
        on
            paired.subject = numerators.subject
            and paired.numerator_metric_id = numerators.metric_id
    inner join changes as denominators
        on
            paired.subject = denominators.subject
            and paired.denominator_metric_id = denominators.metric_id
            and numerators.sunday_date + 7 * cast(leads.lead_weeks as integer)
            = denominators.sunday_date
    group by paired.subject, paired.ratio_name, leads.lead_weeks

),

best as (

    select
        subject,
        ratio_name,
        -- of equal ones the shortest; a last digit is no difference
        max_by(lead_weeks, (round(correlation, 9), -lead_weeks)) as lead_weeks,
        max_by(correlation, (round(correlation, 9), -lead_weeks)) as correlation,
        max_by(week_count, (round(correlation, 9), -lead_weeks)) as week_count
    from shifted
    where not isnan(correlation)
    group by subject, ratio_name

),

described as (

    select
        placed.subject,
        placed.subject_type,
        placed.name,
        placed.ratio_name,
        placed.numerator_metric_id,
        placed.denominator_metric_id,
        placed.numerator,
        placed.denominator,
        placed.ratio,
        compared.peer_count,
        case when compared.peer_count >= 10 then compared.peer_median end as peer_median,
        case when compared.peer_count >= 10 and placed.ratio is not null then placed.lower_pct end
            as peer_pct,
        -- the best of five may be high by chance: each is above 2.6 standard errors once in 200
        case
            when best.week_count >= 16 and best.correlation * sqrt(best.week_count) >= 2.6
                then best.lead_weeks
        end as lead_weeks,
        best.correlation as lead_correlation,
        best.week_count,
        case
            when coalesce(best.week_count, 0) < 16 then 'short_history'
            when best.correlation * sqrt(best.week_count) < 2.6 then 'too_weak'
            else 'ok'
        end as lead_status,
        case
            when placed.ratio is null then null
            when placed.coverage_ratio < {{ var('coverage_floor') }} then 'medium'
            else 'high'
        end as certainty,
        case
            when placed.numerator is null then placed.numerator_status
            when placed.denominator is null then placed.denominator_status
            when placed.ratio is null then 'zero_base'
            when placed.coverage_ratio < {{ var('coverage_floor') }} then 'low_coverage'
            else 'ok'
        end as status
    from placed
    left join compared
        on
            placed.ratio_name = compared.ratio_name
            and placed.subject_type = compared.subject_type
    left join best
        on
            placed.subject = best.subject
            and placed.ratio_name = best.ratio_name

)

select * from described
