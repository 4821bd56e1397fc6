-- What the API says of a song: its latest answer, else the name under which lists mention it.

with

songs as (

    select * from {{ ref('stg_soundcharts__songs') }}

),

mentioned as (

    select * from {{ ref('int_audience_songs_found') }}

),

numbered as (

    select
        *,
        row_number() over (
            partition by song_id
            order by {{ answer_order(ties=['_row_id']) }}
        ) as answer_number
    from songs

),

-- one row per song with an answer; what the latest leaves blank comes from the one before
answers as (

    select
        song_id,
        min_by(_row_id, answer_number) as answer_row_id,
        min_by(title, answer_number) filter (where title is not null) as title,
        min_by(artist_credit, answer_number) filter (
            where artist_credit is not null
        ) as artist_credit,
        min_by(release_date, answer_number) filter (
            where release_date is not null
        ) as release_date,
        min_by(image_url, answer_number) filter (where image_url is not null) as image_url,
        min_by(isrc, answer_number) filter (where isrc is not null) as isrc
    from numbered
    group by song_id

),

answered as (

    select
        coalesce(answers.song_id, mentioned.song_id) as song_id,
        answers.answer_row_id,
        coalesce(answers.title, mentioned.title) as title,
        coalesce(answers.artist_credit, mentioned.artist_credit) as artist_credit,
        coalesce(answers.release_date, mentioned.release_date) as release_date,
        answers.image_url,
        answers.isrc
    from answers
    full outer join mentioned on answers.song_id = mentioned.song_id

)

select * from answered
