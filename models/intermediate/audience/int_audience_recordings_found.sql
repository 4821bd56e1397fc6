-- Songs that may be one recording: of one title and credit, or of one ISRC. A placeholder proposes
-- nothing: a code that is no ISRC, that ends in zeros, or that more than ten songs bear.

with

songs as (

    select * from {{ ref('int_audience_songs_joined') }}

),

coded as (

    select
        song_id,
        {{ isrc('isrc') }} as code,
        count(*) over (partition by {{ isrc('isrc') }}) as song_count
    from songs

),

proposed as (

    select
        song_id,
        title_key || '|' || artist_id as proposal
    from songs
    where title_key is not null and artist_id is not null

    union all

    select
        song_id,
        'ISRC ' || code as proposal
    from coded
    where code is not null and song_count <= 10

),

-- one row per proposal and song, if it proposes more than one
shared as (

    select
        song_id,
        proposal,
        count(*) over (partition by proposal) as proposed_count
    from proposed

),

described as (

    select
        song_id,
        proposal
    from shared
    where proposed_count > 1

)

select * from described
