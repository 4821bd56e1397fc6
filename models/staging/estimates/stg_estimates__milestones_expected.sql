with

milestones_expected as (

    select * from {{ source('estimates', 'milestones_expected') }}

),

renamed as (

    select
        -- ids
        series_id,
        subject_id,
        metric_id,

        -- attributes
        status,
        certainty,

        -- measures
        threshold,
        newest_value,

        -- dates
        observed_date,
        earliest_date,
        expected_date,
        latest_date,
        estimated_at
    from milestones_expected

)

select * from renamed
