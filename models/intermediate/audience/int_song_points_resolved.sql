-- Windows overlap and values are restated: of a day's answers the latest counts, then the larger.

with

pages as (

    select * from {{ ref('stg_soundcharts__song_audience_pages') }}

),

days as (

    select * from {{ ref('stg_soundcharts__song_audience_days') }}

),

points as (

    select * from {{ ref('stg_soundcharts__song_audience_points') }}

),

identifier_pages as (

    select * from {{ ref('stg_soundcharts__identifier_pages') }}

),

identifiers as (

    select * from {{ ref('stg_soundcharts__identifiers') }}

),

-- one row per song, platform and identifier that the source prefers, or did once
defaults as (

    select
        identifier_pages.asked_uuid as song_id,
        identifiers.platform,
        identifiers.identifier
    from identifiers
    inner join identifier_pages on identifiers._parent_row_id = identifier_pages._row_id
    where identifiers.is_default and identifier_pages.document = 'song-identifiers'
    group by all

),

-- older answers have one value for all identifiers, their sum
valued as (

    select
        days._parent_row_id,
        days.observed_date,
        points.identifier,
        case
            when points._items_index is null then days.summed_value else points.identifier_value
        end as value
    from days
    left join points
        on days._parent_row_id = points._parent_row_id and days._index = points._items_index

),

dated as (

    select
        pages.asked_uuid as song_id,
        pages.platform,
        replace(pages.document, 'song-', '') as series,
        valued.identifier,
        valued.observed_date,
        cast(valued.value as double) as value,
        pages.extracted_date,
        pages._load_id
    from valued
    inner join pages on valued._parent_row_id = pages._row_id
    where valued.value is not null

),

numbered as (

    select
        *,
        row_number() over (
            partition by song_id, platform, series, identifier, observed_date
            order by extracted_date desc nulls last, _load_id desc, value desc
        ) as answer_number
    from dated

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
        numbered.value
    from numbered
    left join defaults
        on
            numbered.song_id = defaults.song_id
            and numbered.platform = defaults.platform
            and numbered.identifier = defaults.identifier
    where numbered.answer_number = 1

)

select * from resolved
