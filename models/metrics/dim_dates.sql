-- One calendar for all domains, of every day on which an audience may have been observed.

with

days as (

    {{ dbt.date_spine('day', first_calendar_day(), "cast('2051-01-01' as date)") }}

),

dated as (

    select
        cast(date_day as date) as day_date,
        cast(extract(year from date_day) as integer) as year_number,
        cast(extract(quarter from date_day) as integer) as quarter_number,
        cast(extract(month from date_day) as integer) as month_number,
        cast(extract(day from date_day) as integer) as day_of_month,
        {{ iso_week('cast(date_day as date)') }} as week,
        -- Monday is 1
        cast(
            {{ days_between("date '1999-12-27'", 'cast(date_day as date)') }} % 7 + 1 as integer
        ) as weekday_number,
        {{ days_between("date '1999-12-27'", 'cast(date_day as date)') }} % 7 >= 5 as is_weekend
    from days

)

select * from dated
