-- The days on which a song's series changes its scale. A boundary of an identifier counts only if
-- that identifier is what is followed.

with

restatements as (

    select * from {{ ref('int_audience_restatements_found') }}

),

song_values as (

    select * from {{ ref('int_audience_song_values_resolved') }}

),

-- one row per subject, metric and day
boundaries as (

    select
        restatements.subject_id,
        restatements.metric_id,
        restatements.observed_date
    from restatements
    left join song_values
        on
            restatements.subject_id = 'song:' || song_values.song_id
            and restatements.metric_id = song_values.metric_id
            and restatements.observed_date = song_values.observed_date
    where
        restatements.counted in ('(report)', '(account)', song_values.counted)
        or song_values.counted = '(sum)'
    group by all

)

select * from boundaries
