-- Every lead that was sent is one lead of one channel by one rule, and the leads of all rules, with
-- those that none fits, are all leads.

with

sent as (

    select count(distinct lead_id) as lead_count
    from {{ ref('stg_leads__leads') }}

),

leads as (

    select
        count(*) as lead_count,
        count(channel_id) as channelled_count
    from {{ ref('fct_leads') }}

),

ruled as (

    select sum(lead_count) as lead_count
    from {{ ref('channel_rule_uses') }}

)

select sent.lead_count
from sent
cross join leads
cross join ruled
where
    sent.lead_count <> leads.lead_count
    or leads.channelled_count <> leads.lead_count
    or ruled.lead_count <> leads.lead_count
