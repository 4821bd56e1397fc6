with

touches as (

    select * from {{ ref('stg_leads__touches') }}

),

-- one row per visit
tagged as (

    select
        touches.lead_id,
        touches.touched_at,
        {{ tag_key('touches') }} as tag_key
    from touches

)

select * from tagged
