{#- What some days say of each film, added up: the steps of a query that end in `summed`. Settled days and later days are
    added up by the same rule, so the result does not depend on which days are settled.

    It reads the steps `all_days`, `all_answers` and, once more so that no engine holds all answers for two readers,
    `all_answers_again`.

    span: a step with the days, and the loads that speak of them. before: a step that holds what was added up of earlier
    days; none if there is none. -#}
{% macro summed_films(span, before=none) -%}
days as (

    select * from all_days
    where snapshot_date in (select {{ span }}.snapshot_date from {{ span }})

),

listed as (

    select * from all_answers
    where
        answer_order > 1
        and not is_set_aside
        and _load_id in (select {{ span }}._load_id from {{ span }})
        and snapshot_date in (select {{ span }}.snapshot_date from {{ span }})

),

listed_again as (

    select * from all_answers_again
    where
        answer_order > 1
        and not is_set_aside
        and _load_id in (select {{ span }}._load_id from {{ span }})
        and snapshot_date in (select {{ span }}.snapshot_date from {{ span }})

),

seen as (

    select
        movie_id,
        min(snapshot_date) as first_seen_date,
        max(snapshot_date) as last_seen_date,
        max(snapshot_date) filter (where answer_kind = 'details') as details_date,
        max(snapshot_date) filter (where is_exported) as last_exported_date,
        count(*) as seen_day_count,
        -- a film without a place has one of 0 on the way, since a null would be passed over
        max_by(coalesce(popularity_rank, 0), snapshot_date) as popularity_rank
    from days
    group by movie_id
    {%- if before %}

    union all

    select
        movie_id,
        first_seen_date,
        last_seen_date,
        details_date,
        last_exported_date,
        seen_day_count,
        coalesce(popularity_rank, 0) as popularity_rank
    from {{ before }}
    {%- endif %}

),

counted as (

    select
        movie_id,
        min(first_seen_date) as first_seen_date,
        max(last_seen_date) as last_seen_date,
        max(details_date) as details_date,
        max(last_exported_date) as last_exported_date,
        cast(sum(seen_day_count) as bigint) as seen_day_count,
        nullif(max_by(popularity_rank, last_seen_date), 0) as popularity_rank
    from seen
    group by movie_id

),

-- lists count before exports, and of these the newest day
placed as (

    select
        movie_id,
        min({{ answer_place('answer_order', 'snapshot_date') }}) as answer_place
    from listed
    group by movie_id
    {%- if before %}

    union all

    select
        movie_id,
        {{ answer_place('answer_order', 'stated_date') }} as answer_place
    from {{ before }}
    where answer_order is not null
    {%- endif %}

),

first_placed as (

    select
        movie_id,
        min(answer_place) as answer_place
    from placed
    group by movie_id

),

stated as (

    select
        listed_again.movie_id,
        listed_again.answer_order,
        listed_again.snapshot_date as stated_date,
        listed_again.vote_count,
        listed_again.title,
        listed_again.original_title,
        listed_again.original_language_code,
        listed_again.genre_ids,
        listed_again.release_date,
        listed_again.is_adult,
        row_number() over (
            partition by listed_again.movie_id
            order by
                listed_again.vote_count desc nulls last,
                listed_again.title asc,
                listed_again.film_list asc,
                listed_again._row_id asc
        ) as answer_rank
    from listed_again
    inner join first_placed
        on
            listed_again.movie_id = first_placed.movie_id
            and {{ answer_place('listed_again.answer_order', 'listed_again.snapshot_date') }}
            = first_placed.answer_place
    {%- if before %}

    union all

    select
        {{ before }}.movie_id,
        {{ before }}.answer_order,
        {{ before }}.stated_date,
        {{ before }}.vote_count,
        {{ before }}.title,
        {{ before }}.original_title,
        {{ before }}.original_language_code,
        {{ before }}.genre_ids,
        {{ before }}.release_date,
        {{ before }}.is_adult,
        1 as answer_rank
    from {{ before }}
    inner join first_placed
        on
            {{ before }}.movie_id = first_placed.movie_id
            and {{ answer_place(before ~ '.answer_order', before ~ '.stated_date') }}
            = first_placed.answer_place
    {%- endif %}

),

summed as (

    select
        counted.*,
        stated.answer_order,
        stated.stated_date,
        stated.vote_count,
        stated.title,
        stated.original_title,
        stated.original_language_code,
        stated.genre_ids,
        stated.release_date,
        stated.is_adult
    from counted
    left join stated on counted.movie_id = stated.movie_id and stated.answer_rank = 1

)
{%- endmacro %}
