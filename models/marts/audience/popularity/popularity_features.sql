with

weeks as (

    select * from {{ ref('song_weeks') }}

),

songs as (

    select * from {{ ref('int_songs_catalogued') }}

),

-- a counter that fell was restated: what was gained is not known
gained as (

    select
        weeks.*,
        case when weeks.streams >= before.streams then weeks.streams - before.streams end
            as streams_7d,
        case
            when weeks.streams >= month_before.streams then weeks.streams - month_before.streams
        end as streams_28d
    from weeks
    left join weeks as before
        on
            weeks.subject_id = before.subject_id
            and weeks.platform = before.platform
            and before.week_date = {{ dbt.dateadd('day', -7, 'weeks.week_date') }}
    left join weeks as month_before
        on
            weeks.subject_id = month_before.subject_id
            and weeks.platform = month_before.platform
            and month_before.week_date = {{ dbt.dateadd('day', -28, 'weeks.week_date') }}

),

-- a change needs the very week before
changed as (

    select
        gained.subject_id,
        gained.platform,
        gained.week_date,
        songs.artist_id,
        gained.popularity,
        gained.popularity - before.popularity as popularity_change,
        gained.streams,
        gained.streams_7d,
        ln((1 + gained.streams_7d) / (1 + before.streams_7d)) as streams_7d_log_change,
        gained.streams_28d,
        ln((1 + gained.streams_28d) / (1 + before.streams_28d)) as streams_28d_log_change,
        gained.followers,
        ln((1 + gained.followers) / (1 + before.followers)) as followers_log_change,
        gained.listeners,
        ln((1 + gained.listeners) / (1 + before.listeners)) as listeners_log_change,
        gained.playlist_reach,
        ln((1 + gained.playlist_reach) / (1 + before.playlist_reach)) as playlist_reach_log_change,
        gained.chart_count,
        gained.chart_count - before.chart_count as chart_count_change,
        gained.chart_position,
        ln(gained.chart_position / before.chart_position) as chart_position_log_change,
        6 + {{ dbt.datediff('songs.release_date', 'gained.week_date', 'day') }} as age_days,  -- noqa: LT05
        songs.catalogue_song_count
    from gained
    inner join songs on gained.subject_id = songs.subject_id
    left join gained as before
        on
            gained.subject_id = before.subject_id
            and gained.platform = before.platform
            and before.week_date = {{ dbt.dateadd('day', -7, 'gained.week_date') }}

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
