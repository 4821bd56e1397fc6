-- A spike is a calendar week that gained far more than the weeks before it, after one that did not.
-- What is left of the rise is read off the first and the fourth week after. A week that closes with
-- a value that no later one confirms is not known.

with

observations as (

    select * from {{ ref('fct_observations') }}

),

-- once more, so that no engine holds all observations for two readers
observations_again as (

    select * from {{ ref('fct_observations') }}

),

series as (

    select * from {{ ref('int_series_described') }}

),

dated as (

    select
        series_id,
        observed_date,
        next_observed_date,
        value,
        linked_value,
        running_gain,
        running_observations,
        running_breaks,
        cast(date_trunc('week', observed_date) as date) + 6 as sunday_date
    from observations
    where
        not is_outlier
        -- twelve weeks before the first and four after the last
        and observed_date > {{ from_day() }} - 105
        and observed_date <= {{ to_day() }} + 35
        and if({{ to_day() }} > {{ from_day() }}, true, error('to_date must be after from_date'))

),

-- one row per series and Sunday on which it is known where it stood
closes as (

    select
        dated.*,
        series.kind,
        series.cadence_days
    from dated
    inner join series on dated.series_id = series.series_id
    where
        coalesce(dated.next_observed_date > dated.sunday_date, true)
        and dated.sunday_date - dated.observed_date <= series.max_age_days
        and dated.sunday_date <= series.complete_through_date
        and coalesce(dated.observed_date < series.unconfirmed_from_date, true)

),

-- a week is compared if both its Sundays are known and nothing broke between them; what is before a
-- break is on another scale
gained as (

    select
        series_id,
        sunday_date,
        floor(running_breaks / 131072) as scale,
        case
            when
                lag(sunday_date) over weeks <> sunday_date - 7
                or running_breaks - lag(running_breaks) over weeks >= 131072
                then null
            -- brought to seven days: its closes may be some days old
            when kind <> 'flow'
                then
                    7 * (
                        value - lag(value) over weeks
                        - (linked_value - lag(linked_value) over weeks)
                    ) / (observed_date - lag(observed_date) over weeks)
            when
                running_observations - lag(running_observations) over weeks
                >= {{ var('coverage_floor') }} * (7 // cadence_days)
                then running_gain - lag(running_gain) over weeks
        end as gain
    from closes
    window weeks as (partition by series_id order by sunday_date)

),

compared as (

    select
        series_id,
        sunday_date,
        scale,
        gain,
        count(gain) over earlier as week_count,
        median(gain) over earlier as usual_gain,
        mad(gain) over earlier as deviation
    from gained
    window
        earlier as (
            partition by series_id, scale
            order by sunday_date
            range between interval 84 days preceding and interval 7 days preceding
        )

),

scored as (

    select
        *,
        {{ usual_spread('usual_gain', 'deviation') }} as usual_spread
    from compared

),

judged as (

    select
        *,
        (gain - usual_gain) / usual_spread as surprise,
        coalesce(
            week_count >= 8
            and gain - usual_gain >= 8 * usual_spread
            and gain >= 1.5 * usual_gain,
            false
        ) as is_high
    from scored

),

-- the gain one and four weeks later, if it is known on the same scale
followed as (

    select
        *,
        lag(is_high, 1, false) over weeks and lag(sunday_date) over weeks = sunday_date - 7
            as was_high,
        max(gain) over (
            partition by series_id, scale
            order by sunday_date
            range between interval 7 days following and interval 7 days following
        ) as gained_7d,
        max(gain) over (
            partition by series_id, scale
            order by sunday_date
            range between interval 28 days following and interval 28 days following
        ) as gained_28d,
        max(scale) over (
            partition by series_id
            order by sunday_date
            range between current row and interval 7 days following
        ) > scale as is_rescaled_7d,
        max(scale) over (
            partition by series_id
            order by sunday_date
            range between current row and interval 28 days following
        ) > scale as is_rescaled_28d
    from judged
    window weeks as (partition by series_id order by sunday_date)

),

found as (

    select * from followed
    where
        is_high
        and not coalesce(was_high, false)
        and sunday_date > {{ from_day() }}
        and sunday_date <= {{ to_day() }}

),

-- one row per spike: the first day whose pace is nearer to that of the spike than to the usual one
seen as (

    select
        found.series_id,
        found.sunday_date,
        min(again.observed_date) as first_seen_date
    from found
    inner join observations_again as again
        on
            found.series_id = again.series_id
            and found.sunday_date - 7 < again.observed_date
            and found.sunday_date >= again.observed_date
    inner join series on found.series_id = series.series_id
    where
        not again.is_outlier
        and again.observed_date > {{ from_day() }} - 7
        and again.observed_date <= {{ to_day() }}
        and case when series.kind = 'flow' then again.value else again.change end
        / coalesce(again.span_days, 1) >= (found.gain + found.usual_gain) / 14
    group by found.series_id, found.sunday_date

),

described as (

    select
        series.subject_id as subject,
        series.subject_type,
        series.name,
        series.platform,
        series.metric,
        series.unit,
        series.kind,
        found.sunday_date - 6 as week_date,
        seen.first_seen_date,
        found.gain as gained,
        found.usual_gain,
        found.usual_spread,
        found.surprise,
        found.week_count as window_count,
        found.gained_7d,
        found.gained_28d,
        (found.gained_7d - found.usual_gain) / (found.gain - found.usual_gain) as kept_7d_ratio,
        (found.gained_28d - found.usual_gain) / (found.gain - found.usual_gain) as kept_28d_ratio,
        case
            when found.gained_7d is not null then 'ok'
            when found.is_rescaled_7d then 'restated_in_window'
            when found.sunday_date + 7 > series.complete_through_date then 'too_early'
            when found.sunday_date + 7 >= series.unconfirmed_from_date then 'unconfirmed_end'
            else 'low_coverage'
        end as status_7d,
        case
            when found.gained_28d is not null then 'ok'
            when found.is_rescaled_28d then 'restated_in_window'
            when found.sunday_date + 28 > series.complete_through_date then 'too_early'
            when found.sunday_date + 28 >= series.unconfirmed_from_date then 'unconfirmed_end'
            else 'low_coverage'
        end as status_28d,
        case when found.week_count = 12 then 'high' else 'medium' end as certainty,
        'ok' as status,
        found.series_id
    from found
    inner join series on found.series_id = series.series_id
    left join seen
        on
            found.series_id = seen.series_id
            and found.sunday_date = seen.sunday_date

)

select * from described
