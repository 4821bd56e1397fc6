with

entries as (

    select * from {{ ref('stg_soundcharts__chart_entries') }}

),

loads as (

    select * from {{ ref('stg_load_audit__loads') }}

),

-- an entry of a day that cannot be is a finding
possible as (

    select entries.*
    from entries
    left join loads on entries._load_id = loads._load_id
    where {{ day_problem('cast(entries.entry_date as date)', 'loads.started_date') }} is null

),

-- listings overlap and move while they are paged: the latest answer on an entry counts
numbered as (

    select
        *,
        row_number() over (
            partition by chart_id, song_id, entry_date
            order by {{ answer_order(ties=['_parent_row_id', '_index']) }}
        ) as answer_number,
        count(*) over (
            partition by chart_id, song_id, entry_date, _parent_row_id
        ) as answer_count
    from possible
    where chart_id is not null and song_id is not null

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
