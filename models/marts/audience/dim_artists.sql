with

songs as (

    select * from {{ ref('int_audience_songs_joined') }}

),

credited as (

    select * from {{ ref('bridge_songs_x_artists') }}

),

named as (

    select * from {{ ref('int_audience_artists_latest') }}

),

answers as (

    select * from {{ ref('stg_soundcharts__artists') }}

),

-- one row per artist or credit that songs count for
counted as (

    select
        artist_id,
        count(*) as song_count
    from credited
    group by artist_id

),

-- one row per credit and spelling
spellings as (

    select
        artist_id,
        artist_credit,
        count(*) as spelled_count
    from songs
    where artist_id is not null
    group by all

),

ordered as (

    select
        artist_id,
        artist_credit,
        row_number() over (
            partition by artist_id
            order by spelled_count desc, artist_credit asc
        ) as spelling_number
    from spellings

),

-- one row per artist of the API, and per credit that songs count for, in the spelling of most songs
everyone as (

    select
        named.artist_id,
        named.artist_name,
        false as is_credit,
        answers.artist_type,
        answers.country_code,
        answers.city_name,
        answers.career_stage,
        answers.isni,
        named.image_url
    from named
    left join answers on named.answer_row_id = answers._row_id

    union all

    select
        ordered.artist_id,
        ordered.artist_credit as artist_name,
        true as is_credit,
        null as artist_type,
        null as country_code,
        null as city_name,
        null as career_stage,
        null as isni,
        null as image_url
    from ordered
    inner join counted on ordered.artist_id = counted.artist_id
    where ordered.spelling_number = 1

),

described as (

    select
        everyone.artist_id,
        'artist:' || everyone.artist_id as subject_id,
        everyone.artist_name,
        everyone.artist_type,
        everyone.country_code,
        everyone.city_name,
        everyone.career_stage,
        everyone.isni,
        everyone.image_url,
        coalesce(counted.song_count, 0) as song_count,
        everyone.is_credit
    from everyone
    left join counted on everyone.artist_id = counted.artist_id

)

select * from described
