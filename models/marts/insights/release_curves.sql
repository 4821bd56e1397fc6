-- Where a subject stood on the n-th day since it began, beside the earlier ones of its makers and
-- all of its type; and how long its weekly gain took to fall to half. A value that no later one
-- confirms is shown and compared with none.

with

observations as (

    select * from {{ ref('fct_observations') }}

),

series as (

    select * from {{ ref('int_series_described') }}

),

subjects as (

    select * from {{ ref('dim_subjects') }}

),

memberships as (

    select * from {{ ref('int_memberships_received') }}
    where group_type in ('artist', 'company')

),

-- day by day for two weeks, then week by week for a year
checkpoints as (

    select numbers.day_number
    from range(1, 365) as numbers (day_number)
    where
        numbers.day_number <= 14
        or numbers.day_number % 7 = 0

),

-- of twins one
released as (

    select series.*
    from series
    inner join subjects on series.subject_id = subjects.subject_id
    where
        series.began_on <= {{ to_day() }}
        and subjects.is_primary

),

-- one row per series and sound observation of its first year: the days on which it is the latest
observed as (

    select
        released.series_id,
        observations.observed_date,
        case
            when released.kind = 'flow'
                then observations.running_gain
            else observations.value
        end as value,
        observations.running_breaks,
        coalesce(observations.observed_date < released.unconfirmed_from_date, true) as is_confirmed,
        observations.observed_date - released.began_on as from_day_number,
        least(
            observations.observed_date + released.max_age_days,
            coalesce(observations.next_observed_date - 1, {{ to_day() }}),
            {{ to_day() }}
        ) - released.began_on as to_day_number
    from observations
    inner join released on observations.series_id = released.series_id
    where
        observations.observed_date between released.began_on and released.began_on + 364
        and observations.observed_date <= {{ to_day() }}
        and not observations.is_outlier

),

-- one row per series and day on which its value is known
known as (

    select
        series_id,
        observed_date,
        value,
        running_breaks,
        is_confirmed,
        unnest(range(from_day_number, to_day_number + 1)) as day_number
    from observed

),

described as (

    select
        known.*,
        released.subject_id,
        released.subject_type,
        released.platform,
        released.metric,
        released.kind,
        released.began_on
    from known
    inner join checkpoints on known.day_number = checkpoints.day_number
    inner join released on known.series_id = released.series_id

),

-- one row per series and week since it began, and one for the day itself
week_ends as (

    select
        known.series_id,
        known.day_number,
        known.is_confirmed,
        known.value,
        known.running_breaks - first_value(known.running_breaks) over by_day as breaks,
        lag(known.day_number, 1, 0) over by_day as before_number,
        lag(known.value, 1, 0) over by_day as before_value,
        case
            when released.kind = 'flow' then 7
            else known.observed_date - lag(known.observed_date, 1, released.began_on) over by_day
        end as read_days
    from known
    inner join released on known.series_id = released.series_id
    where
        known.day_number % 7 = 0
        and released.kind in ('counter', 'flow')
    window by_day as (partition by known.series_id order by known.day_number)

),

-- what each gained, on the scale of the first: that one from the close of the day on which the
-- subject began, or from zero if nothing was counted by then; brought to seven days
weeks as (

    select
        series_id,
        day_number // 7 as week_number,
        is_confirmed and breaks >= 131072 as is_rescaled,
        case
            when before_number <> day_number - 7 or breaks >= 131072 or not is_confirmed
                then null
            when read_days = 7 then value - before_value
            else 7 * (value - before_value) / nullif(read_days, 0)
        end as gain
    from week_ends

),

peaks as (

    select
        series_id,
        arg_max(week_number, gain) as peak_week,
        max(gain) as peak_gain,
        bool_or(week_number = 1 and gain is not null) as is_from_start,
        bool_or(is_rescaled) as is_rescaled
    from weeks
    group by series_id

),

halved as (

    select
        peaks.series_id,
        peaks.peak_week,
        peaks.is_from_start,
        peaks.is_rescaled,
        min(weeks.week_number) filter (
            where weeks.week_number > peaks.peak_week
            and weeks.gain <= peaks.peak_gain / 2
        ) as half_week
    from peaks
    inner join weeks on peaks.series_id = weeks.series_id
    group by peaks.series_id, peaks.peak_week, peaks.is_from_start, peaks.is_rescaled

),

-- one row per subject and earlier one of the same maker, once if they share several
predecessors as (

    select
        mine.subject_id,
        theirs.subject_id as earlier_subject_id
    from memberships as mine
    inner join memberships as theirs on mine.group_id = theirs.group_id
    inner join subjects as newer on mine.subject_id = newer.subject_id
    inner join subjects as older on theirs.subject_id = older.subject_id
    where
        older.began_on < newer.began_on
        and older.is_primary
        and older.subject_type = newer.subject_type
    group by mine.subject_id, theirs.subject_id

),

-- one row per subject that had earlier ones, metric and day: what those were by then
beside as (

    select
        predecessors.subject_id,
        described.platform,
        described.metric,
        described.day_number,
        count(*) as earlier_count,
        median(described.value) as earlier_median
    from predecessors
    inner join described on predecessors.earlier_subject_id = described.subject_id
    where described.is_confirmed
    group by
        predecessors.subject_id, described.platform, described.metric, described.day_number

),

placed as (

    select
        series_id,
        day_number,
        count(*) over likes - 1 as catalogue_count,
        rank() over (
            partition by subject_type, platform, metric, day_number
            order by value
        ) - 1 as lower_count
    from described
    where is_confirmed
    window likes as (partition by subject_type, platform, metric, day_number)

),

curves as (

    select
        released.subject_id as subject,
        released.subject_type,
        released.name,
        released.platform,
        released.metric,
        released.unit,
        released.kind,
        released.began_on,
        described.observed_date,
        described.day_number,
        described.value,
        coalesce(beside.earlier_count, 0) as earlier_count,
        beside.earlier_median,
        case when described.is_confirmed then described.value / nullif(beside.earlier_median, 0) end
            as earlier_ratio,
        coalesce(placed.catalogue_count, 0) as catalogue_count,
        case
            when placed.catalogue_count >= 10
                then 100 * placed.lower_count / placed.catalogue_count
        end as catalogue_pct,
        case when halved.is_from_start then halved.peak_week end as peak_week,
        case
            when halved.is_from_start
                then cast(7 * (halved.half_week - halved.peak_week) as double)
        end as half_life_days,
        case
            when not coalesce(halved.is_from_start, false) then 'no_base'
            when halved.half_week is null and halved.is_rescaled then 'restated_in_window'
            when halved.half_week is null then 'too_early'
            else 'ok'
        end as half_life_status,
        case
            when described.value is null or not described.is_confirmed then null
            when placed.catalogue_count >= 100 then 'high'
            when placed.catalogue_count >= 10 then 'medium'
            else 'low'
        end as certainty,
        case
            when described.value is null then 'no_base'
            when not described.is_confirmed then 'unconfirmed_end'
            when placed.catalogue_count < 10 then 'few_peers'
            else 'ok'
        end as status,
        released.series_id
    from released
    left join described on released.series_id = described.series_id
    left join halved on released.series_id = halved.series_id
    left join beside
        on
            described.subject_id = beside.subject_id
            and described.platform = beside.platform
            and described.metric = beside.metric
            and described.day_number = beside.day_number
    left join placed
        on
            described.series_id = placed.series_id
            and described.day_number = placed.day_number

)

select * from curves
