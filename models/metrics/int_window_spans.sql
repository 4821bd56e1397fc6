-- Each span is asked for once, even if several windows need it.

with

windows as (

    select * from {{ ref('int_windows_dated') }}

),

spans as (

    select
        platform,
        from_date,
        to_date
    from windows

    union distinct

    select
        platform,
        previous_from_date as from_date,
        previous_to_date as to_date
    from windows

    union distinct

    select
        platform,
        from_date,
        compared_to_date as to_date
    from windows

    union distinct

    select
        platform,
        year_before_from_date as from_date,
        year_before_to_date as to_date
    from windows

    union distinct

    select
        platform,
        from_date,
        year_compared_to_date as to_date
    from windows

)

select * from spans
