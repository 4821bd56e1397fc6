-- Platforms publish with a delay and series stop on days of their own, so a platform's newest days
-- always look like a collapse. "As of now" means as of the complete-through date: the latest day on
-- which nine in ten of the series expected have reported. A series is expected on a day if it was
-- observed in the 28 days before.

with

turns as (

    select * from {{ ref('int_series_turns') }}

),

-- one row per platform and turn, with the counts from that day on
counted as (

    select
        platform,
        turn_date,
        sum(sum(expected_change)) over up_to as expected_count,
        sum(sum(reported_change)) over up_to as reported_count,
        lead(turn_date) over (partition by platform order by turn_date) as next_turn_date
    from turns
    group by platform, turn_date
    window up_to as (partition by platform order by turn_date)

),

measured as (

    select
        platform,
        cast({{ dbt.dateadd('day', -1, 'next_turn_date') }} as date) as last_day,
        reported_count / expected_count as reported_ratio,
        2 * expected_count >= max(expected_count) over (partition by platform) as is_full
    from counted
    where expected_count > 0 and next_turn_date is not null

),

-- if no day is complete, as where each series has a day of its own, the nearest to it is taken
ranked as (

    select
        platform,
        last_day,
        row_number() over (
            partition by platform
            order by is_full desc, least(reported_ratio, 0.9) desc, last_day desc
        ) as place
    from measured

),

complete as (

    select
        platform,
        last_day as complete_through_date
    from ranked
    where place = 1

),

described as (

    select
        turns.platform,
        count(*) filter (where turns.turn = 'begins') as series_count,
        count(*) filter (
            where turns.turn = 'ends' and turns.turn_date > complete.complete_through_date
        ) as complete_series_count,
        min(turns.turn_date) as first_date,
        complete.complete_through_date,
        cast(
            {{ dbt.dateadd('day', -1, "max(turns.turn_date) filter (where turns.turn = 'ends')") }}
            as date
        ) as last_date
    from turns
    inner join complete on turns.platform = complete.platform
    group by turns.platform, complete.complete_through_date

)

select * from described
