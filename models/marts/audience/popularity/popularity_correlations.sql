-- The short answer, for the shell. Whether a number may be believed, and what it says over time, is
-- in the report of `crescendo correlate`.

with

features as (

    select * from {{ ref('popularity_features') }}

),

variables as (

    select * from {{ ref('popularity_variables') }}

),

-- one row per song, platform and variable, in the week in which songs are compared
compared as (

    select
        features.platform,
        features.popularity,
        variables.variable,
        variables.is_log,
        case variables.variable
            when 'streams_28d' then features.streams_28d
            when 'streams_7d' then features.streams_7d
            when 'streams' then features.streams
            when 'streams_28d_log_change' then features.streams_28d_log_change
            when 'followers' then features.followers
            when 'listeners' then features.listeners
            when 'playlist_reach' then features.playlist_reach
            when 'chart_count' then features.chart_count
            when 'chart_position' then features.chart_position
            when 'age_days' then features.age_days
            when 'catalogue_song_count' then features.catalogue_song_count
        end as level
    from features
    cross join variables
    where
        features.is_reference_week
        and features.popularity is not null

),

scaled as (

    select
        platform,
        variable,
        popularity,
        -- a song cannot be younger than new: the week of release counts as day 0
        case when is_log then ln(1 + greatest(level, 0)) else level end as value
    from compared
    where level is not null

),

-- equal values share their mean rank, or ties would not be ties
ranked as (

    select
        platform,
        variable,
        popularity,
        value,
        rank() over (partition by platform, variable order by popularity)
        + (count(*) over (partition by platform, variable, popularity) - 1) / 2.0
            as popularity_rank,
        rank() over (partition by platform, variable order by value)
        + (count(*) over (partition by platform, variable, value) - 1) / 2.0
            as value_rank
    from scaled

),

-- one row per platform and variable
correlated as (

    select
        platform,
        variable,
        count(*) as compared_song_count,
        case
            -- any two points lie on a line
            when count(*) < 3 then 'too_few'
            -- changes of logs differ by rounding where growth is the same
            when
                max(popularity) = min(popularity)
                or max(value) - min(value) <= 1e-12 * max(abs(value))
                then 'no_variation'
        end as null_reason,
        corr(popularity, value) as pearson_log,
        corr(popularity_rank, value_rank) as spearman
    from ranked
    group by all

),

-- The order of a sum is not settled, and digits past the twelfth would change from build to build.
explained as (

    select
        platform,
        variable,
        case when null_reason is null then round(pearson_log, 12) end as pearson_log,
        case when null_reason is null then round(spearman, 12) end as spearman,
        compared_song_count,
        null_reason
    from correlated

)

select * from explained
