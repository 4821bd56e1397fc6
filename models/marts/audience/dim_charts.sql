with

entries as (

    select * from {{ ref('stg_soundcharts__chart_entries') }}

),

pages as (

    select * from {{ ref('stg_soundcharts__listing_pages') }}

),

numbered as (

    select
        entries.*,
        row_number() over (
            partition by entries.chart_id
            order by
                entries.rank_date desc nulls last,
                entries.entry_date desc nulls last,
                entries.song_id asc,
                pages.extracted_date desc nulls last,
                pages._load_id desc,
                entries._parent_row_id asc,
                entries._index asc
        ) as reading_number
    from entries
    inner join pages on entries._parent_row_id = pages._row_id
    where entries.chart_id is not null and entries.song_id is not null

),

described as (

    select
        chart_id,
        platform,
        chart_name,
        chart_type,
        frequency,
        country_code,
        country_name,
        city_name,
        place_count
    from numbered
    where reading_number = 1

)

select * from described
