-- Charts name songs by title and credit alone, so the two are the song; the releases of a song on a
-- single and on an album are tracks of their own there, and the better placed one counts.

with

entries as (

    select * from {{ ref('stg_charts__entries') }}

),

file_records as (

    select * from {{ ref('stg_load_audit__file_records') }}

),

loads as (

    select * from {{ ref('stg_load_audit__loads') }}

),

-- one row: a place below the first or a popularity beyond the highest is a finding
limits as (

    select
        max(accepted_from) filter (where metric_id = 'spotify:chart_position') as best_position,
        max(accepted_to) filter (where metric_id = 'spotify:popularity') as most_popularity
    from {{ ref('int_metrics_bounded') }}

),

named as (

    select
        entries._row_id,
        entries.title,
        entries.artist_credit,
        entries.image_url,
        entries.release_date,
        entries.observed_date,
        case
            when entries.chart_position >= limits.best_position then entries.chart_position
        end as chart_position,
        case
            when entries.spotify_popularity <= limits.most_popularity
                then entries.spotify_popularity
        end as spotify_popularity,
        {{ normalised_text('entries.title') }} as title_key,
        {{ normalised_text('entries.artist_credit') }} as credit_key
    from entries
    left join loads on entries._load_id = loads._load_id
    cross join limits
    where
        entries.title is not null
        and entries.artist_credit is not null
        and {{ day_problem('entries.observed_date', 'loads.started_date') }} is null

),

-- a line that two lists have in common is one entry, and counts for both
listed as (

    select
        {{ dbt.hash("named.title_key || '|' || named.credit_key") }} as song_id,
        named.title,
        named.artist_credit,
        named.image_url,
        named.release_date,
        named.observed_date,
        named.chart_position,
        named.spotify_popularity,
        file_records._file_id
    from named
    inner join file_records on named._row_id = file_records._row_id

),

-- charts may give a song the same position and spell it differently
numbered as (

    select
        *,
        row_number() over (
            partition by song_id, observed_date
            order by
                chart_position asc nulls last,
                title asc,
                artist_credit asc,
                image_url asc nulls last
        ) as place
    from listed

),

-- one row per song and day
days as (

    select
        song_id,
        observed_date,
        min_by(title, place) as title,
        min_by(artist_credit, place) as artist_credit,
        min_by(image_url, place) filter (where image_url is not null) as image_url,
        min(release_date) as release_date,
        max(spotify_popularity) as spotify_popularity,
        min(chart_position) as chart_position,
        count(distinct _file_id) as chart_count
    from numbered
    group by song_id, observed_date

)

select * from days
