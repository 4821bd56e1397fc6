-- What the values of a metric may be: what is beyond it was not counted.

with

metric_catalog as (

    select * from {{ ref('metric_catalog') }}

),

bounded as (

    select
        platform || ':' || metric as metric_id,
        lowest_value as lowest_possible,
        highest_value as highest_possible,
        greatest(lowest_value, -{{ var('largest_count') }}) as accepted_from,
        least(highest_value, {{ var('largest_count') }}) as accepted_to
    from metric_catalog

)

select * from bounded
