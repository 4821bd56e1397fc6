with

identifiers as (

    select * from {{ ref('stg_soundcharts__identifiers') }}

),

listed as (

    select
        case when document = 'song-identifiers' then 'song:' else 'artist:' end || asked_uuid
            as subject_id,
        platform,
        identifier,
        identifier_url,
        is_default,
        extracted_date,
        _load_id,
        _parent_row_id,
        _index
    from identifiers
    -- one that names no platform or no identifier is a finding
    where asked_uuid is not null and platform is not null and identifier is not null

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
