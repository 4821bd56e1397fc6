-- First and last touch are beside the channel of the lead's own tags, so that what each way of
-- counting says can be compared. A visit after the lead brought nothing.

-- a table: made again for touched leads only
{{ config(
    materialized='incremental', incremental_strategy='touched', unique_key='lead_id', on_schema_change='fail',
    post_hook='{{ note_taken() }}',
) }}

with

touches as (

    select * from {{ ref('int_leads_touches_found') }}
    where {{ is_touched('lead_id') }}

),

ruled as (

    select * from {{ ref('int_leads_tags_matched') }}

),

leads as (

    select * from {{ ref('int_leads_latest') }}
    where {{ is_touched('lead_id') }}

),

ranked as (

    select
        touches.lead_id,
        ruled.channel_id,
        row_number() over (
            partition by touches.lead_id order by touches.touched_at, ruled.channel_id
        ) as place_from_first,
        row_number() over (
            partition by touches.lead_id order by touches.touched_at desc, ruled.channel_id desc
        ) as place_from_last
    from touches
    inner join leads on touches.lead_id = leads.lead_id
    inner join ruled on touches.tag_key = ruled.tag_key
    where touches.touched_at <= leads.created_at

),

-- one row per lead of which visits are known
placed as (

    select
        lead_id,
        count(*) as touch_count,
        max(channel_id) filter (where place_from_first = 1) as first_touch_channel_id,
        max(channel_id) filter (where place_from_last = 1) as last_touch_channel_id
    from ranked
    group by lead_id

)

select * from placed
