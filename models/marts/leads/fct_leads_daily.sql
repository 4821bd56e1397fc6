-- What the weeks, the mix and the costs are added up from, so that all give one total.

with

leads as (

    select * from {{ ref('fct_leads') }}
    where is_received

),

validations as (

    select
        validated_date as day_date,
        channel_id,
        count(*) as validation_count
    from leads
    where is_validated
    group by validated_date, channel_id

),

created as (

    select
        created_date as day_date,
        channel_id,
        count(*) as received_count,
        count(*) filter (where is_validated) as validated_count,
        count(*) filter (where lead_status = 'rejected') as rejected_count,
        count(*) filter (where attempt_count > 0) as attempted_count,
        count(*) filter (where reached_call_count > 0) as reached_count,
        count(*) filter (where is_won) as won_count
    from leads
    group by created_date, channel_id

),

-- one row per day and channel that brought a lead or had one validated; leads without a date have
-- none
summed as (

    select
        coalesce(
            cast(coalesce(created.day_date, validations.day_date) as {{ dbt.type_string() }}),
            '(no date)'
        ) as day,
        coalesce(created.day_date, validations.day_date) as day_date,
        coalesce(created.channel_id, validations.channel_id) as channel_id,
        coalesce(created.received_count, 0) as received_count,
        coalesce(created.validated_count, 0) as validated_count,
        coalesce(validations.validation_count, 0) as validation_count,
        coalesce(created.rejected_count, 0) as rejected_count,
        coalesce(created.attempted_count, 0) as attempted_count,
        coalesce(created.reached_count, 0) as reached_count,
        coalesce(created.won_count, 0) as won_count
    from created
    full outer join validations
        on
            created.day_date is not distinct from validations.day_date
            and created.channel_id = validations.channel_id

)

select * from summed
