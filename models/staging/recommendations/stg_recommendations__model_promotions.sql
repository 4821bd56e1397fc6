with

model_promotions as (

    select * from {{ source('recommendations', 'model_promotions') }}

),

renamed as (

    select
        -- ids
        decision_id,
        champion_version,
        challenger_version,
        served_version,
        load_id,

        -- attributes
        decision,
        decision_reason,
        data_digest,

        -- measures
        champion_ndcg,
        challenger_ndcg,
        ndcg_difference,
        lowest_difference,
        highest_difference,
        champion_map,
        challenger_map,
        champion_coverage,
        challenger_coverage,
        champion_rmse,
        challenger_rmse,
        evaluated_count,

        -- dates
        decided_at,
        window_first_date,
        window_last_date
    from model_promotions

)

select * from renamed
