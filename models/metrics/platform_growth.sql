with

growth as (

    select * from {{ ref('group_growth') }}(from_date, to_date)

),

platforms as (

    select * from growth
    where subject_type = 'platform'

)

-- the columns of group_growth
select * from platforms
