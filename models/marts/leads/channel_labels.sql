-- The tool's own label beside the channel by the rules: where the two disagree, one of them is
-- wrong.

with

leads as (

    select * from {{ ref('fct_leads') }}

),

-- one row per channel and label as it was written
counted as (

    select
        channel_id,
        declared_channel,
        declared_channel_id,
        count(*) as lead_count,
        count(*) filter (where is_validated) as validated_count,
        declared_channel_id is not null and declared_channel_id <> channel_id as is_disagreement
    from leads
    where declared_channel is not null
    group by channel_id, declared_channel, declared_channel_id

)

select * from counted
