with

weeks as (

    select * from {{ ref('song_weeks') }}

),

songs as (

    select * from {{ ref('int_songs_catalogued') }}

),

-- the rows before, which need not be those of the weeks before: five, as 28 days end a week ago too
stepped as (

    select
        *,
        {{ lagged('week_date', 5) }},
        {{ lagged('streams', 5) }},
        {{ lagged('popularity', 1) }},
        {{ lagged('followers', 1) }},
        {{ lagged('listeners', 1) }},
        {{ lagged('playlist_reach', 1) }},
        {{ lagged('chart_count', 1) }},
        {{ lagged('chart_position', 1) }}
    from weeks
    window in_time as (partition by subject_id, platform order by week_date)

),

-- what stood in the very week before, and in others
placed as (

    select
        *,
        {{ weeks_before('streams', 1) }} as streams_before,
        {{ weeks_before('streams', 2) }} as streams_two_before,
        {{ weeks_before('streams', 4) }} as streams_four_before,
        {{ weeks_before('streams', 5) }} as streams_five_before,
        {{ weeks_before('popularity', 1) }} as popularity_before,
        {{ weeks_before('followers', 1) }} as followers_before,
        {{ weeks_before('listeners', 1) }} as listeners_before,
        {{ weeks_before('playlist_reach', 1) }} as playlist_reach_before,
        {{ weeks_before('chart_count', 1) }} as chart_count_before,
        {{ weeks_before('chart_position', 1) }} as chart_position_before
    from stepped

),

-- a counter that fell was restated: what was gained is not known
gained as (

    select
        *,
        case when streams >= streams_before then streams - streams_before end as streams_7d,
        case when streams_before >= streams_two_before then streams_before - streams_two_before end
            as streams_7d_before,
        case when streams >= streams_four_before then streams - streams_four_before end
            as streams_28d,
        case
            when streams_before >= streams_five_before then streams_before - streams_five_before
        end as streams_28d_before
    from placed

),

changed as (

    select
        gained.subject_id,
        gained.platform,
        gained.week_date,
        songs.artist_id,
        gained.popularity,
        gained.popularity - gained.popularity_before as popularity_change,
        gained.streams,
        gained.streams_7d,
        ln((1 + gained.streams_7d) / (1 + gained.streams_7d_before)) as streams_7d_log_change,
        gained.streams_28d,
        ln((1 + gained.streams_28d) / (1 + gained.streams_28d_before)) as streams_28d_log_change,
        gained.followers,
        ln((1 + gained.followers) / (1 + gained.followers_before)) as followers_log_change,
        gained.listeners,
        ln((1 + gained.listeners) / (1 + gained.listeners_before)) as listeners_log_change,
        gained.playlist_reach,
        ln((1 + gained.playlist_reach) / (1 + gained.playlist_reach_before))
            as playlist_reach_log_change,
        gained.chart_count,
        gained.chart_count - gained.chart_count_before as chart_count_change,
        gained.chart_position,
        ln(gained.chart_position / gained.chart_position_before) as chart_position_log_change,
        6 + {{ dbt.datediff('songs.release_date', 'gained.week_date', 'day') }} as age_days,  -- noqa: LT05
        songs.catalogue_song_count
    from gained
    inner join songs on gained.subject_id = songs.subject_id

),

-- one row per platform and week that has scores
scored as (

    select
        platform,
        week_date,
        count(popularity) as scored_song_count,
        max(count(popularity)) over (partition by platform) as most_scored_song_count
    from weeks
    group by platform, week_date

),

-- series end on different days, so the last weeks hold a few songs only; songs are compared in the
-- latest week that still has nine in ten of the most
reference_weeks as (

    select
        platform,
        max(week_date) as week_date
    from scored
    where
        scored_song_count >= 0.9 * most_scored_song_count
        and most_scored_song_count > 0
    group by platform

),

flagged as (

    select
        changed.*,
        reference_weeks.week_date is not null as is_reference_week
    from changed
    left join reference_weeks
        on
            changed.platform = reference_weeks.platform
            and changed.week_date = reference_weeks.week_date

)

select * from flagged
