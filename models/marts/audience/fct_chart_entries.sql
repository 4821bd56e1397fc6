with

entries as (

    select * from {{ ref('int_chart_entries_settled') }}

),

observed as (

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
    from entries

)

select * from observed
