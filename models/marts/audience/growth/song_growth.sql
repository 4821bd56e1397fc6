with

growth as (

    select * from {{ ref('series_growth') }}(from_date, to_date)

),

songs as (

    select * from {{ ref('dim_songs') }}

),

described as (

    select
        growth.*,
        songs.artist_credit,
        songs.is_primary_recording
    from growth
    inner join songs on growth.subject = songs.subject_id

)

-- the columns of series_growth and two
select * from described
