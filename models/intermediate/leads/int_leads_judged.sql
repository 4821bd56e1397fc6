-- Why a lead that its tool calls validated is none of ours; null if it is, or was never called so.

with

leads as (

    select * from {{ ref('int_leads_settled') }}

),

judged as (

    select
        lead_id,
        lead_status = 'validated' as is_called_validated,
        case
            when lead_status is distinct from 'validated' then null
            when not has_consent then 'no_consent'
            when not has_valid_phone then 'bad_phone'
        end as refusal
    from leads

)

select * from judged
