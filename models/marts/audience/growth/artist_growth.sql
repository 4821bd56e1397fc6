with

growth as (

    select * from {{ ref('group_growth') }}(from_date, to_date)

),

artists as (

    select * from growth
    where subject_type = 'artist'

)

-- the columns of group_growth
select * from artists
