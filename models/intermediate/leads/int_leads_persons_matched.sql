-- Leads are one person's if they share a phone number or an address: numbers that share an address
-- are brought together, then addresses that share a number.

-- a table: read by validations and by the leads; whoever may be one person is touched together
{{ config(
    materialized='incremental', incremental_strategy='touched', unique_key='lead_id', on_schema_change='fail',
    post_hook='{{ note_taken() }}',
) }}

with

leads as (

    select * from {{ ref('int_leads_latest') }}
    where {{ is_touched('lead_id') }}

),

-- most addresses and numbers are of one lead; they are counted by short hashes, so two that have
-- the same are looked at more closely, and that is all
shared_emails as (

    select {{ row_hash(['email_key']) }} as email_hash
    from leads
    where email_key is not null
    group by {{ row_hash(['email_key']) }}
    having count(*) > 1

),

shared_phones as (

    select {{ row_hash(['phone_key']) }} as phone_hash
    from leads
    where phone_key is not null
    group by {{ row_hash(['phone_key']) }}
    having count(*) > 1

),

looked_at as (

    select
        leads.lead_id,
        leads.email_key,
        leads.phone_key,
        shared_emails.email_hash is not null or shared_phones.phone_hash is not null as is_shared
    from leads
    left join shared_emails on {{ row_hash(['leads.email_key']) }} = shared_emails.email_hash
    left join shared_phones on {{ row_hash(['leads.phone_key']) }} = shared_phones.phone_hash

),

sharing as (

    select * from looked_at
    where is_shared

),

phones as (

    select
        phone_key,
        coalesce(min(email_key), phone_key) as phone_person
    from sharing
    where phone_key is not null
    group by phone_key

),

by_phone as (

    select
        sharing.lead_id,
        sharing.email_key,
        coalesce(phones.phone_person, sharing.email_key) as phone_person
    from sharing
    left join phones on sharing.phone_key = phones.phone_key

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
        coalesce(emails.email_person, by_phone.phone_person) as person_key
    from by_phone
    left join emails on by_phone.email_key = emails.email_key

    union all

    select
        lead_id,
        coalesce(email_key, phone_key, {{ masked("'lead ' || lead_id") }}) as person_key
    from looked_at
    where not is_shared

)

select * from identified
