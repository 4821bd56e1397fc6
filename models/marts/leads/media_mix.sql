-- The treemap of validated leads by their own tags, beside the first and last visit that are known.

with

leads as (

    select * from {{ ref('fct_leads') }}
    where is_received

),

channels as (

    select * from {{ ref('dim_channels') }}

),

periods as (

    select
        period_types.period_type,
        case period_types.period_type
            when 'year' then cast({{ dbt.date_trunc('year', 'leads.created_date') }} as date)
            when 'month' then cast({{ dbt.date_trunc('month', 'leads.created_date') }} as date)
        end as period_start_date,
        leads.channel_id,
        leads.first_touch_channel_id,
        leads.last_touch_channel_id,
        leads.is_validated,
        leads.is_won
    from leads
    cross join (values ('all'), ('year'), ('month')) as period_types (period_type)
    where leads.created_date is not null or period_types.period_type = 'all'

),

credited as (

    select
        *,
        channel_id as credited_channel_id,
        'tags' as credited_by
    from periods

    union all

    select
        *,
        first_touch_channel_id as credited_channel_id,
        'first touch' as credited_by
    from periods
    where is_validated and first_touch_channel_id is not null

    union all

    select
        *,
        last_touch_channel_id as credited_channel_id,
        'last touch' as credited_by
    from periods
    where is_validated and last_touch_channel_id is not null

),

-- one row per period and channel
summed as (

    select
        period_type,
        period_start_date,
        credited_channel_id as channel_id,
        count(*) filter (where credited_by = 'tags') as received_count,
        count(*) filter (where credited_by = 'tags' and is_validated) as validated_count,
        count(*) filter (where credited_by = 'first touch') as first_touch_count,
        count(*) filter (where credited_by = 'last touch') as last_touch_count,
        count(*) filter (where credited_by = 'tags' and is_won) as won_count,
        count(*) filter (where credited_by = 'tags' and is_validated and is_won) as kept_count
    from credited
    group by period_type, period_start_date, credited_channel_id

),

described as (

    select
        summed.period_type,
        coalesce(
            substr(
                cast(summed.period_start_date as {{ dbt.type_string() }}),
                1, case summed.period_type when 'year' then 4 else 7 end
            ),
            'all'
        ) as period_name,
        summed.period_start_date,
        summed.channel_id,
        channels.channel,
        channels.channel_group,
        channels.is_paid,
        summed.received_count,
        summed.validated_count,
        summed.validated_count / nullif(sum(summed.validated_count) over period, 0) as share_ratio,
        row_number() over (period order by summed.validated_count desc, channels.display_order asc)
            as channel_rank,
        coalesce(sum(summed.validated_count) filter (where channels.is_paid) over period, 0)
        / nullif(sum(summed.validated_count) over period, 0) as paid_ratio,
        summed.first_touch_count,
        summed.last_touch_count,
        summed.first_touch_count / nullif(sum(summed.first_touch_count) over period, 0)
            as first_touch_ratio,
        summed.last_touch_count / nullif(sum(summed.last_touch_count) over period, 0)
            as last_touch_ratio,
        summed.won_count,
        summed.kept_count / nullif(summed.validated_count, 0) as won_ratio
    from summed
    inner join channels on summed.channel_id = channels.channel_id
    window period as (partition by summed.period_type, summed.period_start_date)

)

select * from described
