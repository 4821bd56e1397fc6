with

entries as (

    select * from {{ ref('int_chart_entries_settled') }}

),

numbered as (

    select
        *,
        row_number() over (
            partition by chart_id
            order by rank_date desc nulls last, entry_date desc nulls last, song_id asc
        ) as reading_number
    from entries

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
