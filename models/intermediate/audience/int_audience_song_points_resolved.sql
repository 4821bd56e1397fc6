-- Windows overlap and values are restated: of a day's answers the latest counts, then the larger.

-- a table: what is followed of a song is made out of it in five steps
{{ config(materialized='table') }}

with

points as (

    select * from {{ ref('int_audience_song_points_dated') }}
    where set_aside_reason is null

),

identifiers as (

    select * from {{ ref('stg_soundcharts__identifiers') }}

),

-- the source may come to prefer another identifier: the latest answer counts
preferred as (

    select
        asked_uuid as song_id,
        platform,
        identifier,
        rank() over (
            partition by asked_uuid, platform
            order by {{ answer_order() }}
        ) as answer_rank
    from identifiers
    where is_default and document = 'song-identifiers'

),

-- one row per song, platform and identifier
defaults as (

    select
        song_id,
        platform,
        identifier
    from preferred
    where answer_rank = 1
    group by all

),

numbered as (

    select
        *,
        row_number() over of_day as answer_number,
        lead(version_number) over of_day = version_number
        and lead(value) over of_day < value as has_two_values
    from points
    window of_day as (
        partition by song_id, platform, series, identifier, observed_date
        order by version_number desc, value desc
    )

),

-- one row per song, platform, series, identifier and day
resolved as (

    select
        numbered.song_id,
        numbered.platform,
        numbered.series,
        numbered.identifier,
        defaults.song_id is not null as is_default,
        numbered.observed_date,
        numbered.value,
        coalesce(numbered.has_two_values, false) as has_two_values
    from numbered
    left join defaults
        on
            numbered.song_id = defaults.song_id
            and numbered.platform = defaults.platform
            and numbered.identifier = defaults.identifier
    where numbered.answer_number = 1

)

select * from resolved
