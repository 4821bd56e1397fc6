-- Leads are one person's if they share a phone number or an address: numbers that share an address
-- are brought together, then addresses that share a number.

with

leads as (

    select * from {{ ref('int_leads_settled') }}

),

by_phone as (

    select
        lead_id,
        email_key,
        case
            when phone_key is null then email_key
            else coalesce(min(email_key) over (partition by phone_key), phone_key)
        end as phone_person
    from leads

),

-- one row per lead; one without either is a person of its own
identified as (

    select
        lead_id,
        case
            when phone_person is null then {{ masked("'lead ' || lead_id") }}
            when email_key is null then phone_person
            else min(phone_person) over (partition by email_key)
        end as person_key
    from by_phone

)

select * from identified
