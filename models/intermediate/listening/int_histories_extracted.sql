with

histories as (

    select * from {{ ref('stg_moovitamix__histories') }}

),

pages as (

    select * from {{ ref('stg_moovitamix__pages') }}

),

extractions as (

    select * from {{ ref('int_extractions_dated') }}

),

-- pages may overlap: the last page that shows a user's history counts; a history of nobody
-- stands for itself
ranked as (

    select
        pages.extraction_id,
        histories.user_id,
        histories.created_at,
        histories.updated_at,
        histories._parent_row_id,
        histories._index,
        row_number() over (
            partition by
                pages.extraction_id,
                histories.user_id,
                case when histories.user_id is null then histories._parent_row_id end,
                case when histories.user_id is null then histories._index end
            order by
                pages._load_id desc,
                pages.page_number desc,
                histories._parent_row_id desc,
                histories._index desc
        ) as showing_rank
    from histories
    inner join pages on histories._parent_row_id = pages._row_id

),

-- one row per extraction and user, or per history of nobody
extracted as (

    select
        ranked.extraction_id,
        ranked.user_id,
        extractions.extraction_number,
        extractions.load_date,
        ranked.created_at,
        ranked.updated_at,
        extractions.etl_updated_at,
        ranked._parent_row_id,
        ranked._index
    from ranked
    inner join extractions on ranked.extraction_id = extractions.extraction_id
    where ranked.showing_rank = 1

)

select * from extracted
