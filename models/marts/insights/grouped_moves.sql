-- The moves of each subject, in the window and in the earlier ones: of a group, the sum of its
-- members', each by its weight.

with

moves as (

    select * from {{ ref('series_moves') }}(from_date, to_date)

),

parts as (

    select * from {{ ref('bridge_movers_x_series') }}

),

statuses as (

    select * from {{ ref('dim_growth_statuses') }}

),

joined as (

    select
        parts.mover_id,
        parts.weight,
        moves.*,
        statuses.status_rank,
        -- what the member makes of the move
        max(case when moves.window_number = 0 then abs(parts.weight * moves.move) end)
            over (partition by parts.mover_id, moves.series_id) as size
    from moves
    inner join parts on moves.series_id = parts.series_id
    left join statuses on moves.status = statuses.status

),

-- one row per mover
here as (

    select
        mover_id,
        sum({{ exact('weight * move') }}) as exact_move,
        sum(weight * move) as move,
        count(move) as member_count,
        count(*) - count(move) as left_out_count,
        sum(weight * start_value) filter (where move is not null) as start_value,
        sum(weight * end_value) filter (where move is not null) as end_value,
        sum(weight * left_out_change) as left_out_change,
        max(move_days) filter (where move is not null) as move_days,
        -- the worst of what is in it; if nothing is, what came closest
        coalesce(min(status_rank) filter (where move is not null), max(status_rank)) as status_rank
    from joined
    where window_number = 0
    group by mover_id

),

-- one row per mover and earlier window, of the members that the move is of; if what is not known of
-- them makes more of the move than the least spread, the window says nothing of what is usual
before as (

    select
        mover_id,
        window_number,
        sum(weight * move) as move
    from joined
    where window_number > 0 and size is not null
    group by mover_id, window_number
    having
        count(move) > 0
        and coalesce(sum(size) filter (where move is null), 0) <= 0.05 * sum(size)

),

usual as (

    select
        mover_id,
        count(*) as window_count,
        median(move) as usual_move,
        mad(move) as deviation
    from before
    group by mover_id

),

compared as (

    select
        here.*,
        coalesce(usual.window_count, 0) as window_count,
        case when usual.window_count >= 5 then usual.usual_move end as usual_move,
        case
            when usual.window_count >= 5
                then {{ usual_spread('usual.usual_move', 'usual.deviation') }}
        end as usual_spread
    from here
    left join usual on here.mover_id = usual.mover_id

),

scored as (

    select
        *,
        (move - usual_move) / usual_spread as surprise,
        coalesce(abs(move - usual_move) >= 6 * usual_spread, false) as is_surprising
    from compared

)

select * from scored
