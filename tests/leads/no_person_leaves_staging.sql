-- Who a lead is leaves staging as a keyed hash of 64 hex digits, and not as the hash that was made
-- at the door, which anybody can make who knows the address.

with

doors as (

    select email_digest as digest
    from {{ ref('stg_leads__leads') }}

    union all

    select phone_digest as digest
    from {{ ref('stg_leads__leads') }}

)

select leads.person_key
from {{ ref('fct_leads') }} as leads
left join doors on leads.person_key = doors.digest
where
    length(leads.person_key) <> 64
    or leads.person_key <> lower(leads.person_key)
    or doors.digest is not null
