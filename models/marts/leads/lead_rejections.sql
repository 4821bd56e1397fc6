with

leads as (

    select * from {{ ref('fct_leads') }}
    where is_received and lead_status = 'rejected'

),

-- one row per channel and reason
counted as (

    select
        channel_id,
        coalesce(rejection_reason, '(not said)') as rejection_reason,
        count(*) as lead_count,
        count(*) / sum(count(*)) over (partition by channel_id) as share_ratio
    from leads
    group by channel_id, coalesce(rejection_reason, '(not said)')

)

select * from counted
