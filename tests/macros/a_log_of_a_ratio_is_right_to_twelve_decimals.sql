-- The expected logarithms were calculated with sixty digits. Zero has none.

with

ratios as (

    select
        drawn.*,
        {{ ratio_root('later', 'earlier') }} as root
    from (
        values
        (1e0, 1e0, 0.000000000000),
        (1001e0, 1000e0, 0.000999500333),
        (1000e0, 1001e0, -0.000999500333),
        (3e0, 2e0, 0.405465108108),
        (7.25e0, 7.5e0, -0.033901551676),
        (1e0, 1000000e0, -13.815510557964),
        (0.001e0, 9007199254740992.001e0, -43.644555848659),
        (123456789.001e0, 0.001e0, 25.539157045158),
        (0e0, 1e0, null),
        (1e0, 0e0, null),
        (0e0, 0e0, null)
    ) as drawn (later, earlier, expected)

),

found as (

    select
        *,
        {{ log_of_root('root') }} as got
    from ratios

)

select * from found
where got is distinct from expected
