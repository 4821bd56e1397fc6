-- Every week of the calendar for every channel that brought a lead or cost anything, so that a week
-- without leads is a zero.

with

days as (

    select * from {{ ref('int_leads_days_dated') }}

),

leads as (

    select * from {{ ref('int_leads_latest') }}

),

ruled as (

    select * from {{ ref('int_leads_tags_matched') }}

),

spend as (

    select * from {{ ref('int_leads_spend_aggregated') }}

),

used as (

    select ruled.channel_id
    from leads
    inner join ruled on leads.tag_key = ruled.tag_key

    union distinct

    select ruled.channel_id
    from spend
    inner join ruled on spend.tag_key = ruled.tag_key

),

weeks as (

    select
        week_date,
        bool_or(is_partial_week) as is_partial_week,
        bool_and(is_mature_week) as is_mature_week
    from days
    group by week_date

),

-- one row per week and channel
spined as (

    select
        weeks.week_date,
        {{ iso_week('weeks.week_date') }} as week,
        used.channel_id,
        weeks.is_partial_week,
        weeks.is_mature_week
    from weeks
    cross join used

)

select * from spined
