-- An excursion is a run of observations that the ones on both sides contradict: a counter that dips
-- or leaps, or any value at about nothing, and is back. docs/method.md has the definition.

with

surrounded as (

    select * from {{ ref('int_falls_surrounded') }}

),

-- one row per pair of observations around a possible run: a dip begins with the fall, a leap ends
-- with it
pairs as (

    select
        before.series_id,
        before.fall_position,
        before.correction_ratio,
        before.outlier_drop_ratio,
        before.place_in_series as before_position,
        before.value as before_value,
        before.linked_value as before_linked_value,
        before.course as before_course,
        after.place_in_series as after_position,
        after.course as after_course
    from surrounded as before
    inner join surrounded as after
        on
            before.series_id = after.series_id
            and before.fall_position = after.fall_position
            and after.place_in_series between before.place_in_series
            + 2 and before.place_in_series
            + 11
    where
        before.place_in_series = before.fall_position - 1
        or after.place_in_series = after.fall_position

),

-- the pairs that fit each other and contradict all between them
contradicting as (

    select
        pairs.series_id,
        pairs.before_position,
        pairs.after_position
    from pairs
    inner join surrounded as run
        on
            pairs.series_id = run.series_id
            and pairs.fall_position = run.fall_position
            and pairs.before_position < run.place_in_series
            and pairs.after_position > run.place_in_series
    group by all
    having {{ is_excursion() }}

)

select * from contradicting
