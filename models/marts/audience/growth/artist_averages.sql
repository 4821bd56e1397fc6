with

averages as (

    select * from {{ ref('group_averages') }}(from_date, to_date)

),

artists as (

    select * from averages
    where subject_type = 'artist'

)

-- the columns of group_averages
select * from artists
