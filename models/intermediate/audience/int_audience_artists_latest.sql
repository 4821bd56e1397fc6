-- Artists of the API: those that were asked for, and those that songs and albums name.

with

artists as (

    select * from {{ ref('stg_soundcharts__artists') }}

),

mentioned as (

    select * from {{ ref('int_audience_artists_found') }}

),

numbered as (

    select
        *,
        row_number() over (
            partition by artist_id
            order by {{ answer_order(ties=['_row_id']) }}
        ) as answer_number
    from artists

),

-- one row per artist with an answer; what the latest leaves blank comes from the one before
answers as (

    select
        artist_id,
        min_by(_row_id, answer_number) as answer_row_id,
        min_by(artist_name, answer_number) filter (
            where artist_name is not null
        ) as artist_name,
        min_by(image_url, answer_number) filter (where image_url is not null) as image_url
    from numbered
    group by artist_id

),

answered as (

    select
        coalesce(answers.artist_id, mentioned.artist_id) as artist_id,
        answers.answer_row_id,
        coalesce(answers.artist_name, mentioned.artist_name) as artist_name,
        coalesce(answers.image_url, mentioned.image_url) as image_url
    from answers
    full outer join mentioned on answers.artist_id = mentioned.artist_id

)

select * from answered
