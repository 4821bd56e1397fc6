-- Whoever was reached was called, whoever was called is a lead, and what is missing can only move
-- the figure between its floor and its ceiling.

with

weeks as (

    select * from {{ ref('reachability') }}

),

leads as (

    select count(*) as lead_count
    from {{ ref('fct_leads') }}
    where is_received

),

summed as (

    select sum(received_count) as received_count
    from weeks

)

select week
from weeks
where
    reached_count > attempted_count
    or attempted_count > received_count
    or attempted_count > attempt_count
    or floor_ratio > reachability_ratio
    or ceiling_ratio < reachability_ratio

union all

select 'all' as week
from leads
cross join summed
where leads.lead_count <> coalesce(summed.received_count, 0)
