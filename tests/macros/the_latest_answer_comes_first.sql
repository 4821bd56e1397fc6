-- The answer that counts is that of the latest day, then of the latest load, then the larger one by
-- the columns that decide ties. An answer of an unknown day is the oldest.

with

answers as (

    select listed.*
    from (
        values
        (1, date '2025-06-02', 1, 9),
        (2, date '2025-06-01', 3, 5),
        (3, date '2025-06-01', 3, 4),
        (4, date '2025-06-01', 2, 9),
        (5, null, 9, 9)
    ) as listed (expected_place, extracted_date, _load_id, tie)

),

placed as (

    select
        expected_place,
        row_number() over (order by {{ answer_order(ties=['tie']) }}) as place,
        row_number() over (order by {{ answer_order('last', ties=['tie']) }}) as place_from_last
    from answers

)

select *
from placed
where place <> expected_place or place_from_last <> 6 - expected_place
