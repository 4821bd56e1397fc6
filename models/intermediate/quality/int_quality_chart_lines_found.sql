with

chart_entries as (

    select * from {{ ref('stg_charts__entries') }}

),

doubted as (

    select
        'chart_line_unnamed' as finding_kind,
        coalesce(title, artist_credit) as record_id,
        'spotify:chart_position' as place,
        cast(coalesce(spotify_popularity, chart_position) as string) as example,
        observed_date as found_date,
        _row_id
    from chart_entries
    where title is null or artist_credit is null

    union all

    select
        'value_above_range' as finding_kind,
        'song:' || {{ dbt.hash(
            normalised_text('title') ~ " || '|' || " ~ normalised_text('artist_credit')
        ) }} as record_id,
        'spotify:popularity' as place,
        cast(spotify_popularity as string) as example,
        observed_date as found_date,
        _row_id
    from chart_entries
    where spotify_popularity > 100 and title is not null and artist_credit is not null

    union all

    select
        'place_below_one' as finding_kind,
        'song:' || {{ dbt.hash(
            normalised_text('title') ~ " || '|' || " ~ normalised_text('artist_credit')
        ) }} as record_id,
        'spotify:chart_position' as place,
        cast(chart_position as string) as example,
        observed_date as found_date,
        _row_id
    from chart_entries
    where chart_position < 1 and title is not null and artist_credit is not null

)

select * from doubted
