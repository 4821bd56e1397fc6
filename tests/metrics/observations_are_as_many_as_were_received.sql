-- Every series has as many observations as were received of it. So a day that is there twice is
-- noticed in a series that the last build did not judge; unique_grain looks at the others alone.

with

series as (

    select
        series_id,
        observation_count
    from {{ ref('dim_series') }}

),

held as (

    select
        series_id,
        count(*) as observation_count
    from {{ ref('fct_observations') }}
    group by series_id

)

select
    coalesce(series.series_id, held.series_id) as series_id,
    series.observation_count,
    held.observation_count as held_count
from series
full outer join held on series.series_id = held.series_id
where series.observation_count is distinct from held.observation_count
