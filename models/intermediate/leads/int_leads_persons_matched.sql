-- Leads are one person's if they share a phone number or an address: numbers that share an address
-- are brought together, then addresses that share a number.

-- a table: read by validations and by the leads; whoever may be one person is touched together
{{ config(
    materialized='incremental', incremental_strategy='touched', unique_key='lead_id', on_schema_change='fail',
    post_hook='{{ note_taken_leads() }}',
) }}

with

leads as (

    select * from {{ ref('int_leads_latest') }}
    where {{ is_touched('lead_id') }}

),

phones as (

    select
        phone_key,
        coalesce(min(email_key), phone_key) as phone_person
    from leads
    where phone_key is not null
    group by phone_key

),

by_phone as (

    select
        leads.lead_id,
        leads.email_key,
        coalesce(phones.phone_person, leads.email_key) as phone_person
    from leads
    left join phones on leads.phone_key = phones.phone_key

),

emails as (

    select
        email_key,
        min(phone_person) as email_person
    from by_phone
    where email_key is not null
    group by email_key

),

-- one row per lead; one without either is a person of its own
identified as (

    select
        by_phone.lead_id,
        coalesce(
            emails.email_person,
            by_phone.phone_person,
            {{ masked("'lead ' || by_phone.lead_id") }}
        ) as person_key
    from by_phone
    left join emails on by_phone.email_key = emails.email_key

)

select * from identified
