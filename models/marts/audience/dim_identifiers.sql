with

identifier_pages as (

    select * from {{ ref('stg_soundcharts__listing_pages') }}

),

identifiers as (

    select * from {{ ref('stg_soundcharts__identifiers') }}

),

listed as (

    select
        case
            when identifier_pages.document = 'song-identifiers' then 'song:'
            else 'artist:'
        end || identifier_pages.asked_uuid as subject_id,
        identifiers.platform,
        identifiers.identifier,
        identifiers.identifier_url,
        identifiers.is_default,
        identifier_pages.extracted_date,
        identifier_pages._load_id,
        identifiers._parent_row_id,
        identifiers._index
    from identifiers
    inner join identifier_pages on identifiers._parent_row_id = identifier_pages._row_id
    -- one that names no platform or no identifier is a finding
    where
        identifier_pages.asked_uuid is not null
        and identifiers.platform is not null
        and identifiers.identifier is not null

),

numbered as (

    select
        *,
        row_number() over (
            partition by subject_id, platform, identifier
            order by {{ answer_order(ties=['_parent_row_id', '_index']) }}
        ) as answer_number
    from listed

),

-- one row per subject, platform and identifier; what the latest leaves out is as it was before
identified as (

    select
        subject_id,
        platform,
        identifier,
        min_by(identifier_url, answer_number) filter (
            where identifier_url is not null
        ) as identifier_url,
        min_by(is_default, answer_number) filter (where is_default is not null) as is_default
    from numbered
    group by subject_id, platform, identifier

)

select * from identified
