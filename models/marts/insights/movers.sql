with

moves as (

    select * from {{ ref('grouped_moves') }}(from_date, to_date)

),

movers as (

    select * from {{ ref('dim_movers') }}

),

parts as (

    select * from {{ ref('bridge_movers_x_series') }}

),

statuses as (

    select * from {{ ref('dim_growth_statuses') }}

),

observations as (

    select * from {{ ref('fct_observations') }}

),

ends as (

    select * from {{ ref('int_ends_unconfirmed') }}

),

joined as (

    select
        moves.*,
        movers.* exclude (mover_id),  -- noqa: RF02
        statuses.status,
        statuses.has_percent
    from moves
    inner join movers on moves.mover_id = movers.mover_id
    left join statuses on moves.status_rank = statuses.status_rank

),

-- one row per surprising mover and series; the limit is never reached, but tells the planner that
-- they are few, so that it looks them up instead of all observations of the window
surprising as materialized (

    select
        joined.mover_id,
        parts.series_id,
        parts.weight,
        ends.unconfirmed_from_date,
        joined.kind,
        (joined.move + joined.usual_move)
        / (2 * coalesce(nullif(joined.move_days, 0), {{ to_day() }} - {{ from_day() }}))
            as half_way,
        sign(joined.surprise) as direction
    from joined
    inner join parts on joined.mover_id = parts.mover_id
    left join ends on parts.series_id = ends.series_id
    where joined.is_surprising
    order by joined.mover_id, parts.series_id
    limit 1000000

),

-- one row per surprising mover, series and day
dated as (

    select
        surprising.mover_id,
        observations.observed_date,
        surprising.weight
        * case when surprising.kind = 'flow' then observations.value else observations.change end
        / coalesce(observations.span_days, 1) as pace,
        surprising.half_way,
        surprising.direction,
        bool_or(observations.change_class in ('relinked', 'restatement', 'reset')) over (
            partition by surprising.mover_id, surprising.series_id
        ) as is_broken
    from observations
    inner join surprising on observations.series_id = surprising.series_id
    where
        observations.observed_date > {{ from_day() }}
        and observations.observed_date <= {{ to_day() }}
        and not observations.is_outlier
        and coalesce(observations.observed_date < surprising.unconfirmed_from_date, true)

),

-- one row per surprising mover and day: its pace, without what broke and so is not in the move; and
-- the pace half way from the usual one
paced as (

    select
        mover_id,
        observed_date,
        sum(pace) as pace,
        any_value(half_way) as half_way,
        any_value(direction) as direction
    from dated
    where not is_broken
    group by mover_id, observed_date

),

seen as (

    select
        mover_id,
        min(observed_date) as first_seen_date
    from paced
    where (pace - half_way) * direction >= 0
    group by mover_id

),

described as (

    select
        joined.subject,
        joined.subject_type,
        joined.name,
        joined.member_type,
        joined.platform,
        joined.metric,
        joined.unit,
        joined.kind,
        {{ from_day() }} as from_date,
        {{ to_day() }} as to_date,
        joined.exact_move as move,
        joined.usual_move,
        joined.usual_spread,
        joined.surprise,
        joined.window_count,
        seen.first_seen_date,
        case when joined.kind <> 'flow' then joined.start_value end as start_value,
        case when joined.kind <> 'flow' then joined.end_value end as end_value,
        case
            when joined.kind <> 'flow' and joined.has_percent and joined.start_value > 0
                then 100 * joined.move / joined.start_value
        end as growth_pct,
        joined.member_count,
        joined.left_out_count,
        joined.left_out_change,
        joined.is_surprising,
        case
            when joined.surprise is null then null
            when joined.window_count >= 10 and joined.status = 'ok' then 'high'
            else 'medium'
        end as certainty,
        case
            when joined.move is not null and joined.usual_move is null then 'short_history'
            else joined.status
        end as status,
        joined.series_id
    from joined
    left join seen on joined.mover_id = seen.mover_id

)

select * from described
