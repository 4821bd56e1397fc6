with

movie_absences as (

    select * from {{ source('raw_tmdb', 'movie_absences') }}

),

renamed as (

    select
        -- ids
        movie_id,

        -- attributes
        nullif(trim(answer), '') as answer,

        -- dates
        gone_date as absence_date,

        -- loader
        _row_id,
        _load_id
    from movie_absences

)

select * from renamed
