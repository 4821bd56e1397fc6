with

records as (

    select * from {{ ref('int_records_checked') }}

),

listens as (

    select * from {{ ref('int_listens_deduplicated') }}

),

extractions as (

    select * from {{ ref('int_extractions_dated') }}

),

first_shown as (

    select
        records.route,
        records.record_key,
        min(extractions.extraction_number) as extraction_number
    from records
    inner join extractions on records.extraction_id = extractions.extraction_id
    group by all

),

new_records as (

    select
        extraction_number,
        route,
        count(*) as new_record_count
    from first_shown
    group by all

),

new_listens as (

    select
        first_extraction_number as extraction_number,
        'listen_history' as route,
        count(*) as new_listen_count
    from listens
    group by first_extraction_number

),

-- one row per extraction and route; new listens come with new histories
counted as (

    select
        extractions.extraction_id,
        new_records.route,
        new_records.new_record_count,
        new_listens.new_listen_count
    from new_records
    inner join extractions on new_records.extraction_number = extractions.extraction_number
    left join new_listens
        on
            new_records.extraction_number = new_listens.extraction_number
            and new_records.route = new_listens.route

)

select * from counted
