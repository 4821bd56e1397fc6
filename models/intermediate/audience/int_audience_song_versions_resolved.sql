-- A song id may stand in several records: one report repeats it, the next report brings it again.
-- Which of two versions is to be believed is decided here, once, for values and attributes alike.

-- a table of few rows: to know the reach of each record takes all points
{{ config(materialized='table') }}

with

report_songs as (

    select * from {{ ref('stg_soundcharts__report_songs') }}

),

report_points as (

    select * from {{ ref('int_audience_report_points_dated') }}

),

numbered_points as (

    select
        *,
        {{ days_between("date '" ~ var("earliest_date") ~ "'", 'observed_date') }} as day_number
    from report_points

),

-- one row per record and sixty days: as many bits as days, which is cheaper than to count days
sixty_days as (

    select
        _parent_row_id,
        day_number - day_number % 60 as first_day_number,
        min(observed_date) as first_observed_date,
        max(observed_date) as last_observed_date,
        greatest(max(streams), max(popularity)) as largest_value,
        count(*) as point_count,
        bit_count(bit_or(cast(power(2, day_number % 60) as bigint))) as day_count
    from numbered_points
    group by all

),

-- one row per record that has points
spans as (

    select
        _parent_row_id,
        min(first_observed_date) as first_observed_date,
        max(last_observed_date) as last_observed_date,
        max(largest_value) as largest_value,
        sum(day_count) < sum(point_count) as repeats_days
    from sixty_days
    group by all

),

-- the highest number wins. If one load brings two versions, the one with the larger count was read
-- later. The two are never mixed
numbered as (

    select
        report_songs.song_id,
        report_songs._row_id,
        report_songs.title,
        report_songs.artist_credit,
        report_songs.image_url,
        report_songs.release_date,
        row_number() over (
            partition by report_songs.song_id
            order by
                spans.last_observed_date nulls first,
                report_songs._load_id,
                spans.largest_value nulls first,
                report_songs._row_id
        ) as version_number,
        -- a file of each day has days of its own: only what may speak of one day twice is compared
        coalesce(
            spans.repeats_days
            or spans.first_observed_date <= max(spans.last_observed_date) over (
                partition by report_songs.song_id
                order by spans.first_observed_date, report_songs._row_id
                rows between unbounded preceding and 1 preceding
            ),
            false
        ) as speaks_again
    from report_songs
    left join spans on report_songs._row_id = spans._parent_row_id

),

flagged as (

    select
        song_id,
        _row_id,
        title,
        artist_credit,
        image_url,
        release_date,
        version_number,
        bool_or(speaks_again) over (partition by song_id) as has_versions
    from numbered

)

select * from flagged
