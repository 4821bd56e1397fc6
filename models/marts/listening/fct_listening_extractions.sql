with

pages as (

    select * from {{ ref('stg_moovitamix__pages') }}

),

extractions as (

    select * from {{ ref('int_listening_extractions_dated') }}

),

records as (

    select * from {{ ref('int_listening_records_unioned') }}

),

quarantined as (

    select * from {{ ref('fct_listening_refusals') }}

),

listens as (

    select * from {{ ref('fct_listens') }}

),

paged as (

    select
        extraction_id,
        route,
        count(distinct page_number) as page_count,
        max(page_count) as stated_page_count,
        max(total_count) as total_count,
        min(total_count) = max(total_count) as is_one_total
    from pages
    group by all

),

checked as (

    select
        extraction_id,
        route,
        count(*) as record_count,
        count(*) filter (where is_new_record) as new_record_count,
        cast(sum(null_count) as bigint) as incomplete_count,
        cast(sum(invalid_time_count) as bigint) as invalid_time_count,
        cast(sum(invalid_email_count) as bigint) as invalid_email_count,
        cast(sum(updated_before_created_count) as bigint) as updated_before_created_count
    from records
    group by all

),

refused as (

    select
        extraction_id,
        route,
        count(*) as quarantined_count
    from quarantined
    group by all

),

new_listens as (

    select
        first_extraction_id as extraction_id,
        'listen_history' as route,
        count(*) as new_listen_count
    from listens
    group by first_extraction_id

),

-- one row per extraction and route
accounts as (

    select
        paged.extraction_id,
        paged.route,
        paged.page_count,
        paged.stated_page_count,
        coalesce(checked.record_count, 0) as record_count,
        paged.total_count,
        coalesce(checked.new_record_count, 0) as new_record_count,
        case when paged.route = 'listen_history' then coalesce(new_listens.new_listen_count, 0) end
            as new_listen_count,
        coalesce(refused.quarantined_count, 0) as quarantined_count,
        coalesce(checked.incomplete_count, 0) as incomplete_count,
        coalesce(checked.invalid_time_count, 0) as invalid_time_count,
        coalesce(checked.invalid_email_count, 0) as invalid_email_count,
        coalesce(checked.updated_before_created_count, 0) as updated_before_created_count,
        paged.is_one_total and coalesce(checked.record_count, 0) = paged.total_count as is_complete,
        extractions.load_date,
        extractions.etl_updated_at
    from paged
    inner join extractions on paged.extraction_id = extractions.extraction_id
    left join checked
        on paged.extraction_id = checked.extraction_id and paged.route = checked.route
    left join new_listens
        on paged.extraction_id = new_listens.extraction_id and paged.route = new_listens.route
    left join refused
        on paged.extraction_id = refused.extraction_id and paged.route = refused.route

)

select * from accounts
