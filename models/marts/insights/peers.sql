-- The last 4 weeks against the 9 before, in standard deviations of those of like size and genre.

with

recent as (

    select * from {{ ref('mover_averages') }}({{ to_day() }} - 28, to_date)

),

earlier as (

    select * from {{ ref('mover_averages') }}({{ to_day() }} - 91, {{ to_day() }} - 28)

),

movers as (

    select * from {{ ref('dim_movers') }}

),

subjects as (

    select * from {{ ref('dim_subjects') }}

),

genres as (

    select * from {{ ref('subject_genres') }}

),

-- of twins one, or they would be peers of each other
compared as (

    select
        movers.*,
        genres.main_genre as genre,
        recent.size,
        case
            when recent.size is not null
                -- how many digits, which a logarithm of 1000 does not say on every engine
                then length(cast(
                    cast(floor(greatest(recent.size, 1)) as bigint) as {{ dbt.type_string() }}
                ))
        end as size_class,
        recent.average as recent_pace,
        earlier.average as earlier_pace,
        least(recent.coverage_ratio, earlier.coverage_ratio) as coverage_ratio,
        recent.is_all_unconfirmed,
        -- like a correction, one per cent tells nothing
        greatest(recent.rescaled_ratio, earlier.rescaled_ratio) > 0.01 as is_rescaled,
        case
            when recent.is_all_unconfirmed then null
            when recent.average >= 0 and earlier.average >= 0
                then {{ ratio_root(
                    'recent.average + recent.min_base / 1000',
                    'earlier.average + recent.min_base / 1000'
                ) }}
        end as pace_root
    from recent
    inner join movers on recent.mover_id = movers.mover_id
    inner join subjects on movers.subject = subjects.subject_id
    left join earlier on recent.mover_id = earlier.mover_id
    left join genres on movers.subject = genres.subject
    where subjects.is_primary

),

-- as a decimal: what is left of a sum without the subject must be exact
changed as (

    select
        *,
        case when not is_rescaled then {{ log_of_root('pace_root') }} end as momentum
    from compared

),

-- without the subject itself, whose momentum, if it has one, would hide in the mean
gathered as (

    select
        *,
        count(momentum) over alike - case when momentum is null then 0 else 1 end as alike_count,
        sum(momentum) over alike - coalesce(momentum, 0) as alike_sum,
        sum(pow(momentum, 2)) over alike - pow(coalesce(momentum, 0), 2) as alike_squares,
        count(momentum) over sized - case when momentum is null then 0 else 1 end as sized_count,
        sum(momentum) over sized - coalesce(momentum, 0) as sized_sum,
        sum(pow(momentum, 2)) over sized - pow(coalesce(momentum, 0), 2) as sized_squares,
        count(momentum) over typed - case when momentum is null then 0 else 1 end as typed_count,
        sum(momentum) over typed - coalesce(momentum, 0) as typed_sum,
        sum(pow(momentum, 2)) over typed - pow(coalesce(momentum, 0), 2) as typed_squares
    from changed
    window
        alike as (
            partition by subject_type, member_type, platform, metric, unit, kind, size_class, genre
        ),
        sized as (
            partition by subject_type, member_type, platform, metric, unit, kind, size_class
        ),
        typed as (partition by subject_type, member_type, platform, metric, unit, kind)

),

-- the narrowest that has enough
scoped as (

    select
        *,
        case
            when genre is not null and alike_count >= 10 then 'genre and size'
            when sized_count >= 10 then 'size'
            when typed_count >= 10 then 'type'
        end as peer_scope
    from gathered

),

chosen as (

    select
        *,
        case peer_scope
            when 'genre and size' then alike_count
            when 'size' then sized_count
            else typed_count
        end as peer_count,
        case peer_scope
            when 'genre and size' then alike_sum
            when 'size' then sized_sum
            when 'type' then typed_sum
        end as peer_sum,
        case peer_scope
            when 'genre and size' then alike_squares
            when 'size' then sized_squares
            when 'type' then typed_squares
        end as peer_squares
    from scoped

),

spread as (

    select
        *,
        peer_sum / nullif(peer_count, 0) as peer_mean,
        case
            when peer_scope is not null
                then sqrt(
                    greatest(0, peer_squares - pow(peer_sum, 2) / peer_count) / (peer_count - 1)
                )
        end as peer_spread
    from chosen

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
        kind,
        genre,
        size_class,
        size,
        recent_pace,
        earlier_pace,
        cast(momentum as double) as momentum,
        peer_scope,
        peer_count,
        peer_mean,
        peer_spread,
        (momentum - peer_mean) / nullif(peer_spread, 0) as peer_score,
        case
            when momentum is null or peer_scope is null or peer_spread = 0 then null
            when peer_scope = 'type' then 'low'
            when peer_scope = 'genre and size' and peer_count >= 30 then 'high'
            else 'medium'
        end as certainty,
        case
            when recent_pace is null and not is_all_unconfirmed then 'no_end'
            when earlier_pace is null then 'no_base'
            when is_all_unconfirmed then 'unconfirmed_end'
            when is_rescaled then 'restated_in_window'
            when momentum is null and least(recent_pace, earlier_pace) = 0 then 'zero_base'
            when momentum is null then 'restated_in_window'
            when peer_scope is null or peer_spread = 0 then 'few_peers'
            when coverage_ratio < {{ var('coverage_floor') }} then 'low_coverage'
            else 'ok'
        end as status
    from spread

)

select * from described
