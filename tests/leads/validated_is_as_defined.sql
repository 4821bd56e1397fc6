-- A validated lead has consent and a phone that can be called, as far as is known; is no test; is
-- not validated before it is there; and is the only one of its person in any 30 days. What its tool
-- validated and we do not has a reason.

with

ordered as (

    select
        *,
        lag(created_date) over (
            partition by person_key, is_validated order by created_at
        ) as date_before
    from {{ ref('fct_leads') }}

)

select lead_id
from ordered
where
    is_validated
    and (
        not has_consent
        or not has_valid_phone
        or not is_received
        or lead_status <> 'validated'
        or refusal is not null
        or validated_at < created_at
        or {{ days_between('date_before', 'created_date') }} < 30
    )
    or lead_status = 'validated'
    and not is_validated
    and refusal is null
