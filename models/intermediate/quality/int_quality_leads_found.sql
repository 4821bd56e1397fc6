with

leads as (

    select * from {{ ref('fct_leads') }}

),

calls as (

    select * from {{ ref('fct_call_attempts') }}

),

spend as (

    select * from {{ ref('fct_media_spend_daily') }}

),

deals as (

    select * from {{ ref('stg_leads__deals') }}

),

touches as (

    select * from {{ ref('stg_leads__touches') }}

),

followed as (

    select
        'deals' as place,
        lead_id,
        cast(won_at as date) as found_date
    from deals

    union all

    select
        'touches' as place,
        lead_id,
        cast(touched_at as date) as found_date
    from touches

),

doubted as (

    select
        'lead_unassigned' as finding_kind,
        'lead ' || lead_id as record_id,
        'seeds/channel_rules.csv' as place,
        declared_channel as example,
        created_date as found_date
    from leads
    where rule_id = '(none)'

    union all

    select
        'validated_' || refusal as finding_kind,
        'lead ' || lead_id as record_id,
        'leads' as place,
        cast(null as string) as example,
        created_date as found_date
    from leads
    where refusal in ('no_consent', 'bad_phone')

    union all

    select
        'lead_times_odd' as finding_kind,
        'lead ' || lead_id as record_id,
        'leads' as place,
        cast(won_at as string) as example,
        created_date as found_date
    from leads
    where has_odd_times or is_won_before_contact

    union all

    select
        'call_' || call_problem as finding_kind,
        'call ' || call_id as record_id,
        'call_attempts' as place,
        outcome as example,
        called_date as found_date
    from calls
    where call_problem is not null

    union all

    select
        'lead_unknown' as finding_kind,
        'lead ' || followed.lead_id as record_id,
        followed.place,
        cast(null as string) as example,
        followed.found_date
    from followed
    left join leads on followed.lead_id = leads.lead_id
    where leads.lead_id is null

    union all

    select
        'spend_in_another_currency' as finding_kind,
        ad_platform || ' ' || campaign_id as record_id,
        'media_spend' as place,
        currency as example,
        spend_date as found_date
    from spend
    where currency <> '{{ var("leads_currency") }}'

)

select * from doubted
