-- An average day: of a counter or a flow what it gained, of all else its value. Days before the
-- first observation and after the last do not count, nor do values that no later one confirms yet:
-- the window closes with its last confirmed observation.

with

anchors as (

    {{ window_anchors() }}

),

series as (

    select * from {{ ref('int_series_described') }}

),

ends as (

    select * from {{ ref('int_ends_withheld') }}

),

-- without what the unconfirmed end added; of most series that is nothing
confirmed as (

    select
        anchors.subject_id,
        anchors.name,
        anchors.platform,
        anchors.metric,
        anchors.unit,
        anchors.kind,
        anchors.subject_type,
        anchors.series_id,
        anchors.expected_days,
        anchors.breaks - coalesce(ends.withheld_breaks, 0) as breaks,
        anchors.observed_days as all_days,
        -- an unconfirmed value may be the one that the window opens with
        greatest(0, anchors.observed_days - coalesce(ends.withheld_observation_count, 0))
            as observed_days,
        anchors.gained - coalesce(ends.withheld_gain, 0) as gained,
        anchors.gained_day_count - coalesce(ends.withheld_day_count, 0) as gained_day_count,
        anchors.value_days - coalesce(ends.withheld_value_days, 0) as value_days,
        anchors.value_day_count - coalesce(ends.withheld_day_count, 0) as value_day_count,
        anchors.start_observed_date is not null and anchors.start_value is null as opens_silent,
        case
            when ends.series_id is null then anchors.end_value
            when {{ to_day() }} - ends.confirmed_date <= series.max_age_days
                then ends.confirmed_value
        end as latest_value
    from anchors
    inner join series on anchors.series_id = series.series_id
    left join ends
        on
            anchors.series_id = ends.series_id
            and anchors.end_observed_date = ends.observed_date
    where
        anchors.observed_days > 0
        and if({{ to_day() }} > {{ from_day() }}, true, error('to_date must be after from_date'))

),

averaged as (

    select
        subject_id as subject,
        name,
        platform,
        metric,
        unit,
        {{ from_day() }} as from_date,
        {{ to_day() }} as to_date,
        case
            when observed_days = 0 then null
            when kind = 'flow' then gained / observed_days
            -- it was silent as the window opened: what came then is not of this window alone
            when opens_silent then null
            when kind = 'counter' then gained / nullif(gained_day_count, 0)
            else value_days / value_day_count
        end as average_per_observed_day,
        latest_value,
        observed_days,
        expected_days,
        least(1, observed_days / expected_days) as coverage_ratio,
        series_id,
        subject_type,
        kind,
        all_days - observed_days as unconfirmed_days,
        -- corrections leave it on one scale
        breaks >= 131072 as changes_scale
    from confirmed

)

select * from averaged
