-- What each move is made of. Amounts are decimals, and what places do not say is a row of its own,
-- so the drivers of a mover add up to its move to the last digit.

with

moves as (

    select * from {{ ref('series_moves') }}(from_date, to_date)

),

movers as (

    select * from {{ ref('dim_movers') }}

),

parts as (

    select * from {{ ref('bridge_movers_x_series') }}

),

series as (

    select * from {{ ref('int_series_described') }}

),

platforms as (

    select * from {{ ref('dim_platforms') }}

),

places as (

    select * from {{ ref('place_growth') }}(from_date, to_date)

),

-- one row per series: its move, and its usual one
compared as (

    select
        series_id,
        max(move) filter (where window_number = 0) as move,
        case
            when count(move) filter (where window_number > 0) >= 5
                then median(move) filter (where window_number > 0)
        end as usual_move
    from moves
    group by series_id

),

-- one row per mover and series in it
contributed as (

    select
        movers.mover_id,
        movers.platform = 'all' as is_spread,
        movers.subject <> series.subject_id as is_group,
        series.platform,
        series.subject_id,
        series.name,
        {{ exact('parts.weight * compared.move') }} as contribution,
        parts.weight * compared.usual_move as usual_contribution
    from parts
    inner join movers on parts.mover_id = movers.mover_id
    inner join compared on parts.series_id = compared.series_id
    inner join series on parts.series_id = series.series_id
    where compared.move is not null

),

totals as (

    select
        mover_id,
        sum(contribution) as move,
        sum(contribution) - sum(usual_contribution) as excess
    from contributed
    group by mover_id

),

-- of an artist's own audience; what has no percent for what happened to it is not compared
listed as (

    select
        movers.mover_id,
        places.subject_type as driver_type,
        places.subject as driver,
        places.name as driver_name,
        {{ exact('places.growth') }} as contribution
    from places
    inner join movers
        on
            'artist:' || places.artist_id = movers.subject
            and places.platform = movers.platform
            and places.metric = movers.metric
            and movers.member_type = 'artist'
    where
        places.growth is not null
        and places.status not in (
            'reset_in_window', 'restated_in_window', 'relinked_in_window', 'unconfirmed_end'
        )

),

drivers as (

    select
        contributed.mover_id,
        'platform' as driver_type,
        contributed.platform as driver,
        any_value(platforms.platform_name) as driver_name,
        sum(contributed.contribution) as contribution,
        sum(contributed.usual_contribution) as usual_contribution
    from contributed
    inner join platforms on contributed.platform = platforms.platform
    where contributed.is_spread
    group by contributed.mover_id, contributed.platform

    union all

    select
        mover_id,
        'member' as driver_type,
        subject_id as driver,
        any_value(name) as driver_name,
        sum(contribution) as contribution,
        sum(usual_contribution) as usual_contribution
    from contributed
    where is_group
    group by mover_id, subject_id

    union all

    select
        *,
        cast(null as double) as usual_contribution
    from listed

    union all

    -- what no list of places says
    select
        listed.mover_id,
        listed.driver_type,
        cast(null as string) as driver,
        cast(null as string) as driver_name,
        any_value(totals.move) - sum(listed.contribution) as contribution,
        cast(null as double) as usual_contribution
    from listed
    inner join totals on listed.mover_id = totals.mover_id
    group by listed.mover_id, listed.driver_type

),

ranked as (

    select
        drivers.*,
        totals.move,
        drivers.contribution - drivers.usual_contribution as excess,
        rank() over (
            partition by drivers.mover_id, drivers.driver_type
            order by
                coalesce(drivers.contribution - drivers.usual_contribution, drivers.contribution)
                * sign(coalesce(totals.excess, totals.move)) desc
        ) as driver_rank
    from drivers
    inner join totals on drivers.mover_id = totals.mover_id

),

described as (

    select
        movers.subject,
        movers.subject_type,
        movers.name,
        movers.member_type,
        movers.platform,
        movers.metric,
        movers.unit,
        {{ from_day() }} as from_date,
        {{ to_day() }} as to_date,
        ranked.driver_type,
        ranked.driver,
        ranked.driver_name,
        ranked.contribution,
        cast(ranked.contribution as double) / nullif(cast(ranked.move as double), 0) as share_ratio,
        ranked.usual_contribution,
        ranked.excess,
        ranked.driver_rank,
        case
            when ranked.driver_type in ('country', 'city') then 'ok'
            when ranked.usual_contribution is null then 'short_history'
            else 'ok'
        end as status
    from ranked
    inner join movers on ranked.mover_id = movers.mover_id

)

select * from described
