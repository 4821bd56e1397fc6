-- A series is expected on a day if it was observed on it or in the 28 days before, and reported if
-- it was observed on it or later. Both change on a few days only.

with

series as (

    select * from {{ ref('dim_series') }}

),

metrics as (

    select * from {{ ref('dim_metrics') }}

),

subjects as (

    select * from {{ ref('dim_subjects') }}

),

silences as (

    select * from {{ ref('fct_silences') }}

),

-- a recording of several songs would count their platform's days twice
platform_series as (

    select
        metrics.platform,
        series.series_id,
        series.first_date,
        series.last_date
    from series
    inner join metrics on series.metric_id = metrics.metric_id
    left join subjects on series.subject_id = subjects.subject_id
    where not coalesce(subjects.is_composed, false)

),

-- one row per series and day on which it begins or ceases to be expected, or was seen last
turns as (

    select
        platform,
        'begins' as turn,
        first_date as turn_date,
        1 as expected_change,
        1 as reported_change
    from platform_series

    union all

    -- a silence in between: it is not expected after four weeks, and again when it is back
    select
        platform_series.platform,
        'forgotten' as turn,
        cast({{ dbt.dateadd('day', 29, 'silences.silent_from_date') }} as date) as turn_date,
        -1 as expected_change,
        case when silences.silent_until_date is null then 0 else -1 end as reported_change
    from silences
    inner join platform_series on silences.series_id = platform_series.series_id
    where
        silences.silent_until_date is null
        or {{ days_between('silences.silent_from_date', 'silences.silent_until_date') }} > 29

    union all

    select
        platform_series.platform,
        'returns' as turn,
        silences.silent_until_date as turn_date,
        1 as expected_change,
        1 as reported_change
    from silences
    inner join platform_series on silences.series_id = platform_series.series_id
    where {{ days_between('silences.silent_from_date', 'silences.silent_until_date') }} > 29

    union all

    select
        platform,
        'ends' as turn,
        cast({{ dbt.dateadd('day', 1, 'last_date') }} as date) as turn_date,
        0 as expected_change,
        -1 as reported_change
    from platform_series

)

select * from turns
