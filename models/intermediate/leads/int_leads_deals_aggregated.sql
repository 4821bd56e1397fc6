with

deals as (

    select * from {{ ref('stg_leads__deals') }}

),

-- one row per lead that was won: its first sale
won as (

    select
        lead_id,
        min(won_at) as won_at
    from deals
    group by lead_id

)

select * from won
