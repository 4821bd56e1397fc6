-- Nothing that a page, a list or an export says of a film is lost: it counts for the day of its
-- film or is set aside, and the day's row says how many spoke.

with

answers as (

    select count(*) as answer_count
    from {{ ref('int_films_answers_unioned') }}

),

days as (

    select cast(coalesce(sum(said_count), 0) as bigint) as answer_count
    from {{ ref('fct_movies_daily') }}

),

refused as (

    select count(*) as answer_count
    from {{ ref('int_films_answers_dated') }}
    where is_set_aside

)

select answers.answer_count
from answers
cross join days
cross join refused
where answers.answer_count <> days.answer_count + refused.answer_count
