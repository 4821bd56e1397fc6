-- What the API knows of a song in the metrics that reports have too.

with

song_values as (

    select * from {{ ref('int_audience_song_values_resolved') }}

),

answered as (

    select
        song_id,
        metric_id,
        observed_date,
        value,
        linked_value
    from song_values
    where
        metric_id in ('spotify:streams', 'spotify:popularity')
        and not is_unknown

)

select * from answered
