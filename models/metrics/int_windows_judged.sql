-- The windows of a build, all at once: asking the table function for each would look at every
-- series for every platform's days. Of a series only the windows of its own platform are made.

with

spans as (

    select * from {{ ref('int_window_spans') }}

),

anchors as (

    {{ window_anchors('spans') }}

),

statuses as (

    select * from {{ ref('dim_growth_statuses') }}

),

{{ judged_growth() }},

described as (

    select
        series_id,
        subject_id as subject,
        subject_type,
        name,
        platform,
        metric,
        unit,
        kind,
        from_date,
        to_date,
        start_value,
        end_value,
        growth,
        growth_pct,
        gained_here as gained,
        anchored_days,
        -- what was gained across two scales, or of a flow on few days, compares with nothing
        case
            when kind = 'flow' and not is_covered then null
            when kind = 'flow' then gained_here
            when restatement_count + reset_count + relink_count > 0 or start_value <= 0 then null
            else gained_here
        end as comparable_gained,
        daily_rate_pct,
        coverage_ratio,
        restatement_count,
        reset_count,
        relink_count,
        opening_scale,
        closing_scale,
        is_new,
        -- from zero, what else would withhold a percent withholds a rank
        has_percent
        or (
            status = 'zero_base'
            and break_status is null
            and (kind <> 'flow' or not is_thin)
        ) as is_rankable,
        status
    from grown

)

select * from described
