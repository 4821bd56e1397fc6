-- How much of a figure hangs on few: on members, platforms, places, or the playlists that list
-- them.

with

growth as (

    select * from {{ ref('series_growth') }}({{ to_day() }} - 28, to_date)

),

movers as (

    select * from {{ ref('dim_movers') }}

),

parts as (

    select * from {{ ref('bridge_movers_x_series') }}

),

ends as (

    select * from {{ ref('int_ends_withheld') }}

),

series as (

    select * from {{ ref('int_series_described') }}

),

platforms as (

    select * from {{ ref('dim_platforms') }}

),

places as (

    select * from {{ ref('place_growth') }}({{ to_day() }} - 28, to_date)

),

entries as (

    select * from {{ ref('fct_playlist_entries') }}

),

playlists as (

    select * from {{ ref('dim_playlists') }}

),

songs as (

    select * from {{ ref('dim_songs') }}

),

subjects as (

    select * from {{ ref('dim_subjects') }}

),

memberships as (

    select * from {{ ref('int_memberships_received') }}

),

-- one row per series: what it gained, or its level, up to its last confirmed observation
measured as (

    select
        growth.*,
        ends.series_id is not null as is_unconfirmed,
        case
            when ends.confirmed_date <= growth.from_date then null
            when growth.kind in ('counter', 'flow')
                then growth.gained - coalesce(ends.withheld_gain, 0)
            when ends.series_id is null then growth.end_value
            when {{ to_day() }} - ends.confirmed_date <= series.max_age_days
                then ends.confirmed_value
        end as measure
    from growth
    inner join series on growth.series_id = series.series_id
    left join ends
        on
            growth.series_id = ends.series_id
            and growth.end_observed_date = ends.observed_date

),

-- one row per mover and series; a share needs something that adds up
amounts as (

    select
        movers.mover_id,
        movers.subject,
        movers.platform,
        measured.platform as own_platform,
        measured.subject as member,
        measured.name as member_name,
        measured.is_unconfirmed,
        parts.weight * measured.measure as amount
    from measured
    inner join parts on measured.series_id = parts.series_id
    inner join movers on parts.mover_id = movers.mover_id
    where movers.kind in ('counter', 'flow', 'gauge')

),

-- one row per song, group and playlist that lists it
listed as (

    select
        memberships.group_id as subject,
        memberships.group_type as subject_type,
        playlists.platform,
        playlists.playlist_id,
        any_value(playlists.playlist_name) as playlist_name,
        max(entries.subscriber_count) as amount
    from entries
    inner join playlists on entries.playlist_id = playlists.playlist_id
    inner join songs on entries.song_id = songs.song_id
    inner join memberships on songs.subject_id = memberships.subject_id
    where
        entries.entry_date <= {{ to_day() }}
        and coalesce(entries.exit_date > {{ to_day() }}, true)
    group by all

),

shared as (

    select
        mover_id,
        'member' as dimension,
        member as part,
        any_value(member_name) as part_name,
        sum(amount) as amount,
        bool_and(amount is not null and not is_unconfirmed) as is_whole,
        bool_or(is_unconfirmed) as is_unconfirmed
    from amounts
    where subject <> member
    group by mover_id, member

    union all

    select
        amounts.mover_id,
        'platform' as dimension,
        amounts.own_platform as part,
        any_value(platforms.platform_name) as part_name,
        sum(amounts.amount) as amount,
        bool_and(amounts.amount is not null and not amounts.is_unconfirmed) as is_whole,
        bool_or(amounts.is_unconfirmed) as is_unconfirmed
    from amounts
    inner join platforms on amounts.own_platform = platforms.platform
    where amounts.platform = 'all'
    group by amounts.mover_id, amounts.own_platform

    union all

    select
        movers.mover_id,
        places.subject_type as dimension,
        places.subject as part,
        places.name as part_name,
        case
            when places.status = 'unconfirmed_end' then null
            when places.kind in ('gauge', 'index', 'rolling') then places.end_value
            when places.kind = 'flow' or places.status not like 're%_in_window'
                then places.growth
        end as amount,
        false as is_whole,
        places.status = 'unconfirmed_end' as is_unconfirmed
    from places
    inner join movers
        on
            'artist:' || places.artist_id = movers.subject
            and places.platform = movers.platform
            and places.metric = movers.metric
            and movers.member_type = 'artist'

),

named as (

    select
        movers.subject,
        movers.subject_type,
        movers.name,
        movers.member_type,
        movers.platform,
        movers.metric,
        movers.unit,
        shared.dimension,
        shared.part,
        shared.part_name,
        shared.amount,
        shared.is_whole,
        shared.is_unconfirmed
    from shared
    inner join movers on shared.mover_id = movers.mover_id

    union all

    select
        listed.subject,
        listed.subject_type,
        subjects.name,
        'song' as member_type,
        listed.platform,
        'playlist_reach' as metric,
        'subscribers' as unit,
        'playlist' as dimension,
        listed.playlist_id as part,
        listed.playlist_name as part_name,
        listed.amount,
        false as is_whole,
        false as is_unconfirmed
    from listed
    inner join subjects on listed.subject = subjects.subject_id

),

-- one row per group, platform, metric and dimension
summed as (

    select
        subject,
        any_value(subject_type) as subject_type,
        any_value(name) as name,
        member_type,
        platform,
        metric,
        unit,
        dimension,
        count(*) filter (where amount > 0) as part_count,
        sum(amount) filter (where amount > 0) as total,
        sum(pow(amount, 2)) filter (where amount > 0) as squares,
        max(amount) filter (where amount > 0) as top_amount,
        -- of equal parts the last by its key; a sum's last digit is no difference
        arg_max(part, (round(amount, 6), part)) filter (where amount > 0) as top_part,
        arg_max(part_name, (round(amount, 6), part)) filter (where amount > 0) as top_name,
        bool_and(is_whole) as is_whole,
        bool_or(is_unconfirmed) as is_unconfirmed,
        bool_or(amount is not null) as is_known
    from named
    group by subject, member_type, platform, metric, unit, dimension

),

described as (

    select
        subject,
        subject_type,
        name,
        member_type,
        platform,
        metric,
        unit,
        dimension,
        {{ to_day() }} - 28 as from_date,
        {{ to_day() }} as to_date,
        part_count,
        total,
        top_part,
        top_name,
        top_amount / total as top_share_ratio,
        squares / pow(total, 2) as herfindahl_ratio,
        pow(total, 2) / squares as effective_count,
        case
            when total is null then null
            when is_whole then 'high'
            when dimension in ('member', 'platform') then 'medium'
            else 'low'
        end as certainty,
        case
            when not is_known and is_unconfirmed then 'unconfirmed_end'
            when not is_known then 'no_end'
            when total is null then 'zero_base'
            when is_whole then 'ok'
            when dimension in ('member', 'platform') then 'low_coverage'
            else 'ok'
        end as status
    from summed

)

select * from described
