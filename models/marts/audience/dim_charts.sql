with

entries as (

    select * from {{ ref('stg_soundcharts__chart_entries') }}

),

numbered as (

    select
        *,
        row_number() over (
            partition by chart_id
            order by
                rank_date desc nulls last,
                entry_date desc nulls last,
                song_id asc,
                {{ answer_order(ties=['_parent_row_id', '_index']) }}
        ) as reading_number
    from entries
    where chart_id is not null and song_id is not null

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
