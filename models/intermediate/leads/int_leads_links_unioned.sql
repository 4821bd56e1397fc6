-- What leads have in common: addresses and numbers of all their versions, those that were and those
-- that are, since a person may come together or fall apart.

with

taken as (

    select * from {{ ref('stg_load_audit__taken_lead_rows') }}
    where row_kind = 'lead'

),

changed as (

    select * from {{ ref('int_leads_rows_changed') }}
    where row_kind = 'lead'

),

versions as (

    select
        lead_id,
        email_link,
        phone_link
    from taken

    union all

    select
        lead_id,
        email_link,
        phone_link
    from changed

),

-- one row per version of a lead and address or number; these are not told apart, as a person's key
-- may be either
links as (

    select
        lead_id,
        email_link as link
    from versions
    where email_link is not null

    union all

    select
        lead_id,
        phone_link as link
    from versions
    where phone_link is not null

)

select * from links
