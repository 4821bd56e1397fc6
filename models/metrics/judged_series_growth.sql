-- The growth of each series in the window; groups add these up.

with

anchors as (

    {{ window_anchors() }}

),

statuses as (

    select * from {{ ref('dim_growth_statuses') }}

),

{{ judged_growth() }},

checked as (

    select * from grown
    where if({{ to_day() }} > {{ from_day() }}, true, error('to_date must be after from_date'))

)

select * from checked
