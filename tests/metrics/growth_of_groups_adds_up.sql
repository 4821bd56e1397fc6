{{ config(group='metrics') }}

-- The whole change of a group is what its members say one by one, each recording once, each by its
-- weight: the sum of their ends less that of their starts, and of a flow the sum of its windows.

with

-- platforms may be complete through the same day
windows as (

    select
        {{ dbt.dateadd('day', -28, 'complete_through_date') }} as since_date,
        complete_through_date as until_date
    from {{ ref('platform_completeness') }}
    group by all

),

grown as (

    select growth.*
    from windows
    cross join {{ ref('group_growth') }}(windows.since_date, windows.until_date) as growth

),

members as (

    select * from {{ ref('int_series_grouped') }}

),

singles as (

    select
        members.subject,
        members.member_type,
        series_growth.platform,
        series_growth.metric,
        series_growth.to_date,
        series_growth.from_date,
        sum(
            members.weight * case
                when series_growth.kind = 'flow' then coalesce(series_growth.gained, 0)
                else
                    coalesce(series_growth.end_value, 0)
                    - coalesce(series_growth.start_value, 0)
            end
        ) as change,
        sum(
            coalesce(abs(series_growth.end_value), 0)
            + coalesce(abs(series_growth.start_value), 0)
            + coalesce(abs(series_growth.gained), 0)
        ) as size
    from windows
    cross join
        {{ ref('series_growth') }}(windows.since_date, windows.until_date) as series_growth
    inner join members on series_growth.series_id = members.series_id
    where members.counts and members.is_additive
    group by all

)

select
    grown.subject,
    grown.total_change,
    singles.change
from grown
full outer join singles
    on
        grown.subject = singles.subject
        and grown.member_type = singles.member_type
        and grown.platform = singles.platform
        and grown.metric = singles.metric
        and grown.from_date = singles.from_date
        and grown.to_date = singles.to_date
-- sums of doubles differ in their last digits by the order in which they are added
where
    grown.total_change is null
    or singles.change is null
    or abs(grown.total_change - singles.change) > 1e-12 * singles.size
