with

summaries as (

    select * from {{ source('raw_soundcharts', 'report_songs__summaries') }}

),

renamed as (

    select
        -- ids: the report writes 'spotify-streams' for what the catalogue calls 'spotify:streams'
        replace(metric_key, '-', ':') as metric_id,
        period,

        -- attributes
        metric as metric_label,

        -- measures
        value as latest_value,
        evolution,
        percent_evolution,

        -- dates
        first_data_point_date as first_observed_date,
        last_data_point_date as last_observed_date,

        -- loader
        _parent_row_id
    from summaries

)

select * from renamed
