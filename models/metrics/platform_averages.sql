with

averages as (

    select * from {{ ref('group_averages') }}(from_date, to_date)

),

platforms as (

    select * from averages
    where subject_type = 'platform'

)

-- the columns of group_averages
select * from platforms
