-- An attribute that the best version leaves blank is taken from the best version that has it: a
-- later report without a release date does not make the day unknown again. The filters say so to
-- Spark, whose `max_by` would take the blank.

with

versions as (

    select * from {{ ref('int_audience_song_versions_resolved') }}

),

answers as (

    select * from {{ ref('int_audience_songs_latest') }}

),

chart_days as (

    select * from {{ ref('int_audience_chart_days_resolved') }}

),

-- one row per song id of the reports
reported as (

    select
        song_id,
        max_by(title, version_number) filter (where title is not null) as title,
        max_by(artist_credit, version_number) filter (
            where artist_credit is not null
        ) as artist_credit,
        max_by(release_date, version_number) filter (
            where release_date is not null
        ) as release_date,
        max_by(image_url, version_number) filter (where image_url is not null) as image_url,
        count(*) as version_count
    from versions
    group by song_id

),

-- report and API meet in the song's id; the report's words come first, its readers know them
songs as (

    select
        coalesce(reported.song_id, answers.song_id) as song_id,
        coalesce(reported.title, answers.title) as title,
        coalesce(reported.artist_credit, answers.artist_credit) as artist_credit,
        coalesce(reported.release_date, answers.release_date) as release_date,
        coalesce(reported.image_url, answers.image_url) as image_url,
        answers.isrc,
        coalesce(reported.version_count, 0) as version_count
    from reported
    full outer join answers on reported.song_id = answers.song_id

    union all

    -- charts have no ids of Soundcharts, so a song of theirs is one of its own
    select
        song_id,
        max_by(title, observed_date) as title,
        max_by(artist_credit, observed_date) as artist_credit,
        min(release_date) as release_date,
        max_by(image_url, observed_date) as image_url,
        cast(null as string) as isrc,
        0 as version_count
    from chart_days
    group by song_id

),

keyed as (

    select
        song_id,
        title,
        {{ normalised_text('title') }} as whole_title_key,
        artist_credit,
        {{ dbt.hash(normalised_text('artist_credit')) }} as artist_id,
        release_date,
        image_url,
        isrc,
        version_count
    from songs

),

-- '(feat. B)' and '- Single Version' come and go between the ids of one recording; a title that is
-- nothing but such words keeps them
titled as (

    select
        song_id,
        title,
        coalesce(
            nullif(
                trim(
                    {{ replace_all(
                        "translate(whole_title_key, '[]', '()')",
                        ' [-–] .*|[(][^)]*[)]',
                        ''
                    ) }}
                ),
                ''
            ),
            whole_title_key
        ) as title_key,
        artist_credit,
        artist_id,
        release_date,
        image_url,
        isrc,
        version_count
    from keyed

)

select * from titled
