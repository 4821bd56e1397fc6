-- A day of the calendar without a lead is a zero; so is one without spend between two with. Spend
-- of days before the first lead or after the last is in the marts alone.

with

calendar as (

    select * from {{ ref('int_leads_days_dated') }}

),

days as (

    select * from {{ ref('fct_leads_daily') }}
    where day_date is not null

),

spend_days as (

    select * from {{ ref('fct_media_spend_daily') }}
    where currency = '{{ var("leads_currency") }}'

),

spend as (

    select
        channel_id,
        spend_date,
        {{ exact_sum('spend') }} as spend
    from spend_days
    group by channel_id, spend_date

),

used as (

    select channel_id
    from days
    group by channel_id

),

spent as (

    select
        channel_id,
        min(spend_date) as first_spend_date,
        max(spend_date) as last_spend_date
    from spend
    group by channel_id

),

counted as (

    select
        used.channel_id,
        calendar.day_date,
        coalesce(days.received_count, 0) as received_count,
        coalesce(days.validated_count, 0) as validated_count,
        coalesce(days.reached_count, 0) as reached_count
    from used
    cross join calendar
    left join days on used.channel_id = days.channel_id and calendar.day_date = days.day_date

),

observations as (

    select
        'channel:' || channel_id as subject_id,
        'leads:leads_received' as metric_id,
        day_date as observed_date,
        cast(received_count as double) as value
    from counted

    union all

    select
        'channel:' || channel_id as subject_id,
        'leads:validated_leads' as metric_id,
        day_date as observed_date,
        cast(validated_count as double) as value
    from counted

    union all

    select
        'channel:' || channel_id as subject_id,
        'leads:reached_leads' as metric_id,
        day_date as observed_date,
        cast(reached_count as double) as value
    from counted

    union all

    select
        'channel:' || spent.channel_id as subject_id,
        'leads:spend' as metric_id,
        calendar.day_date as observed_date,
        coalesce(spend.spend, 0) as value
    from spent
    inner join calendar
        on calendar.day_date between spent.first_spend_date and spent.last_spend_date
    left join spend
        on spent.channel_id = spend.channel_id and calendar.day_date = spend.spend_date

)

select * from observations
