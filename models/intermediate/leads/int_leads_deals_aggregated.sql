with

deals as (

    select * from {{ ref('stg_leads__deals') }}

),

loads as (

    select * from {{ ref('stg_load_audit__loads') }}

),

-- one row per lead that was won: its first sale, of a moment that can be
won as (

    select
        deals.lead_id,
        min(deals.won_at) filter (
            where {{ day_problem('cast(deals.won_at as date)', 'loads.started_date') }} is null
        ) as won_at
    from deals
    left join loads on deals._load_id = loads._load_id
    group by deals.lead_id

)

select * from won
