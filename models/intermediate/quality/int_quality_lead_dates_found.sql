with

leads as (

    select * from {{ ref('stg_leads__leads') }}

),

calls as (

    select * from {{ ref('stg_leads__call_attempts') }}

),

touches as (

    select * from {{ ref('stg_leads__touches') }}

),

deals as (

    select * from {{ ref('stg_leads__deals') }}

),

loads as (

    select * from {{ ref('stg_load_audit__loads') }}

),

spend as (

    select * from {{ ref('int_leads_spend_aggregated') }}

),

moments as (

    select
        'lead ' || leads.lead_id as record_id,
        'leads, ' || fields.field as place,
        case fields.field
            when 'created_at' then leads.created_at
            when 'updated_at' then leads.last_changed_at
            else leads.validated_at
        end as said_at,
        leads._load_id
    from leads
    cross join (values ('created_at'), ('updated_at'), ('validated_at')) as fields (field)

    union all

    select
        'call ' || call_id as record_id,
        'call_attempts, called_at' as place,
        called_at as said_at,
        _load_id
    from calls

    union all

    select
        'lead ' || lead_id as record_id,
        'touches, touched_at' as place,
        touched_at as said_at,
        _load_id
    from touches

    union all

    select
        'lead ' || lead_id as record_id,
        'deals, won_at' as place,
        won_at as said_at,
        _load_id
    from deals

),

judged as (

    select
        {{ day_problem('cast(moments.said_at as date)', 'loads.started_date') }} as finding_kind,
        moments.record_id,
        moments.place,
        cast(moments.said_at as string) as example,
        cast(moments.said_at as date) as found_date
    from moments
    inner join loads on moments._load_id = loads._load_id

),

doubted as (

    select
        finding_kind,
        record_id,
        place,
        example,
        found_date
    from judged
    where finding_kind is not null
    group by all

    union all

    select
        set_aside_reason as finding_kind,
        ad_platform || ' ' || campaign_id as record_id,
        'media_spend, date' as place,
        spend_period as example,
        period_begin_date as found_date
    from spend
    where set_aside_reason is not null

)

select * from doubted
