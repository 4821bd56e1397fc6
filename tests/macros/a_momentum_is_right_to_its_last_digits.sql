-- The expected differences were calculated with sixty digits. A plain difference of two doubles
-- that are almost equal has fewer correct ones.

with

windows as (

    select drawn.*
    from (
        values
        (1e6, 2114e0, 997891e0, 2109e0, 7, 7.73910342440867353e-6),
        (1e6, -2114e0, 997891e0, -2109e0, 7, -7.76719724565557532e-6),
        (500001e0, 1500e0, 498501e0, 1500e0, 28, -3.21463172815996285e-5),
        (12345678e0, 2345e0, 12343333e0, 2345e0, 28, -1.28854836947634190e-7),
        (1e6, 0e0, 1e6, 1e0, 365, -2.73972466128820542e-7),
        (1000e0, 500e0, 800e0, 100e0, 7, 4.26655177698327900e+0),
        (1000e0, -400e0, 900e0, 100e0, 28, -2.18483261569474407e+0),
        (3e0, 1e6, 2e0, 1e0, 7, 5.09189197860527514e+2),
        (1000e0, -1000e0, 900e0, 100e0, 7, -1.01516534655549127e+2),
        (1000e0, 500e0, 900e0, -900e0, 7, 1.05963402266704838e+2),
        (1000e0, -1000e0, 900e0, -900e0, 7, 0.00000000000000000e+17),
        (1e6, 1000e0, 2e6, 2000e0, 7, 0.00000000000000000e+17)
    ) as drawn (start_value, growth, start_before, growth_before, window_days, expected)

),

rated as (

    select
        *,
        {{ daily_rate('start_value', 'growth', 'window_days') }} as daily_rate_pct,
        {{ daily_rate('start_before', 'growth_before', 'window_days') }} as rate_before
    from windows

),

found as (

    select
        *,
        {{ momentum('window_days') }} as got
    from rated

)

select * from found
where not coalesce(abs(got - expected) <= 1e-14 * abs(expected), false)
