-- Switches between two versions without a common day, compared through a third that has days with
-- both, the nearest of several: what the older one says is put on the scale of the third.

with

readings as (

    select * from {{ ref('int_audience_readings_unioned') }}

),

switches as (

    select * from {{ ref('int_audience_version_switches_unioned') }}

),

gaps as (

    select switches.*
    from switches
    left join {{ ref('int_audience_version_switches_found') }} as compared
        on
            switches.subject_id = compared.subject_id
            and switches.metric_id = compared.metric_id
            and switches.counted = compared.counted
            and switches.observed_date = compared.observed_date
    where compared.observed_date is null

),

-- one row per switch, third version and day that it has with either of the two
common as (

    select
        gaps.*,
        third.version_number as third_version,
        third.answer_page as third_page,
        own.version_number = gaps.version_number
        and own.answer_page = gaps.answer_page as is_newer,
        own.observed_date as common_date,
        own.value,
        third.value as third_value,
        -- of two days that are as near, the one before
        2 * abs({{ days_between('own.observed_date', 'gaps.observed_date') }})
        + case when own.observed_date > gaps.observed_date then 1 else 0 end as nearness
    from gaps
    inner join readings as own
        on
            gaps.subject_id = own.subject_id
            and gaps.metric_id = own.metric_id
            and gaps.counted = own.counted
            and own.version_number in (gaps.version_number, gaps.version_number_before)
            and own.answer_page in (gaps.answer_page, gaps.answer_page_before)
    inner join readings as third
        on
            own.subject_id = third.subject_id
            and own.metric_id = third.metric_id
            and own.counted = third.counted
            and own.observed_date = third.observed_date
            and (own.version_number, own.answer_page) <> (third.version_number, third.answer_page)

),

-- one row per switch and third version
bridges as (

    select
        subject_id,
        metric_id,
        counted,
        observed_date,
        tolerated_ratio,
        tolerated_difference,
        third_version,
        third_page,
        min(nearness) filter (where is_newer)
        + min(nearness) filter (where not is_newer) as nearness,
        min_by(common_date, nearness) filter (where is_newer) as compared_date,
        min_by(value, nearness) filter (where is_newer) as newer_value,
        min_by(third_value, nearness) filter (where is_newer)
        * min_by(value / nullif(third_value, 0), nearness) filter (where not is_newer)
            as older_value
    from common
    group by all

),

numbered as (

    select
        *,
        {{ is_contradicted('older_value', 'newer_value') }} as is_contradicted,
        row_number() over (
            partition by subject_id, metric_id, counted, observed_date
            order by nearness, third_version, third_page
        ) as place
    from bridges
    where newer_value is not null and older_value is not null

),

-- one row per switch
bridged as (

    select
        subject_id,
        metric_id,
        counted,
        observed_date,
        compared_date,
        older_value,
        newer_value,
        is_contradicted
    from numbered
    where place = 1

)

select * from bridged
