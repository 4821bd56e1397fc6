-- 100 * ((start + growth) / start) ^ (1 / days) - 100, calculated with fifty digits. A double has
-- sixteen, of which a power less one loses twelve of the first rate.

with

rates as (

    select rated.*
    from (
        values
        (1e12, 1e0, 365, 2.73972602739589402e-13),
        (1e12, -1e0, 365, -2.73972602739862638e-13),
        (1e3, 1e0, 28, 3.56970775927810749e-3),
        (1e3, -1e0, 28, -3.57315163850018555e-3),
        (1e3, 499e0, 7, 5.95330762955960058e0),
        (1e3, 500e0, 7, 5.96340226670483808e0),
        (1e3, 501e0, 7, 5.97349113713317337e0),
        (1e3, -501e0, 7, -9.45353360107746532e0),
        (1e3, 1e3, 1, 100e0),
        (3e0, 1e9, 1461, 1.35229625045190249e0),
        (1e3, -999e0, 10, -4.98812766372727694e1),
        -- nothing was gained, and all was lost
        (1e3, 0e0, 7, 0e0),
        (1e3, -1e3, 7, -100e0)
    ) as rated (start_value, growth, window_days, expected)

),

found as (

    select
        *,
        {{ daily_rate('start_value', 'growth', 'window_days') }} as got
    from rates

)

select * from found
where not coalesce(abs(got - expected) <= 1e-14 * abs(expected), false)
