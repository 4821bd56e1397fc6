with

chart_items as (

    select * from {{ source('raw_soundcharts', 'chart_pages__items') }}

),

renamed as (

    select
        -- ids
        asked_document as document,
        nullif(asked_uuid, '') as asked_uuid,
        chart_slug as chart_id,
        song_uuid as song_id,
        {{ platform_code('chart_platform') }} as platform,

        -- attributes
        nullif(trim(related_name), '') as subject_name,
        nullif(trim(chart_name), '') as chart_name,
        nullif(trim(chart_type), '') as chart_type,
        chart_frequency as frequency,
        nullif(trim(chart_country_code), '') as country_code,
        nullif(trim(chart_country_name), '') as country_name,
        nullif(trim(chart_city_name), '') as city_name,
        nullif(trim(song_name), '') as title,
        nullif(trim(song_credit_name), '') as artist_credit,
        time_on_chart_unit,

        -- measures
        chart_max_results_count as place_count,
        nullif(position, 0) as chart_rank,
        old_position as previous_chart_rank,
        peak_position as peak_chart_rank,
        time_on_chart,

        -- flags
        current as is_current,

        -- dates
        try_cast(asked_folder as date) as extracted_date,
        entry_date,
        rank_date,

        -- loader
        _parent_row_id,
        _index,
        _load_id
    from chart_items

)

select * from renamed
