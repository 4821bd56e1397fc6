with

touches as (

    select * from {{ ref('stg_leads__touches') }}

),

loads as (

    select * from {{ ref('stg_load_audit__loads') }}

),

-- one row per visit; one of a day that cannot be has no moment
tagged as (

    select
        touches.lead_id,
        case
            when {{ day_problem('cast(touches.touched_at as date)', 'loads.started_date') }} is null
                then touches.touched_at
        end as touched_at,
        {{ tag_key('touches') }} as tag_key
    from touches
    left join loads on touches._load_id = loads._load_id

)

select * from tagged
