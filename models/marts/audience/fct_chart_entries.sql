with

pages as (

    select * from {{ ref('stg_soundcharts__listing_pages') }}

),

entries as (

    select * from {{ ref('stg_soundcharts__chart_entries') }}

),

-- listings overlap and move while they are paged: the latest answer on an entry counts
numbered as (

    select
        entries.*,
        row_number() over (
            partition by entries.chart_id, entries.song_id, entries.entry_date
            order by
                pages.extracted_date desc nulls last,
                pages._load_id desc,
                entries._parent_row_id asc,
                entries._index asc
        ) as answer_number,
        count(*) over (
            partition by
                entries.chart_id, entries.song_id, entries.entry_date, entries._parent_row_id
        ) as answer_count
    from entries
    inner join pages on entries._parent_row_id = pages._row_id
    where entries.chart_id is not null and entries.song_id is not null

),

latest as (

    select
        chart_id,
        song_id,
        chart_rank,
        previous_chart_rank,
        peak_chart_rank,
        time_on_chart,
        answer_count,
        time_on_chart_unit,
        is_current,
        entry_date,
        rank_date
    from numbered
    where answer_number = 1

)

select * from latest
