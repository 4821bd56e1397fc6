with

links as (

    select * from {{ ref('bridge_movies_x_companies') }}

),

movie_companies as (

    select * from {{ ref('stg_tmdb__movie_companies') }}

),

details as (

    select * from {{ ref('int_films_details_dated') }}

),

linked as (

    select company_id
    from links
    group by company_id

),

mentioned as (

    select
        movie_companies.*,
        row_number() over (
            partition by movie_companies.company_id
            order by
                details.snapshot_date desc,
                movie_companies.company_name asc nulls last,
                movie_companies.country_code asc nulls last
        ) as mention_rank
    from movie_companies
    inner join details on movie_companies._parent_row_id = details._row_id

),

-- one row per company that a film has, as the latest details say it
named as (

    select
        linked.company_id,
        'company:' || cast(linked.company_id as string) as subject_id,
        coalesce(mentioned.company_name, 'Company ' || cast(linked.company_id as string))
            as company_name,
        mentioned.country_code
    from linked
    inner join mentioned on linked.company_id = mentioned.company_id
    where mentioned.mention_rank = 1

)

select * from named
