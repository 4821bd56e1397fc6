with

histories as (

    select * from {{ ref('stg_moovitamix__histories') }}

),

extractions as (

    select * from {{ ref('int_listening_extractions_dated') }}

),

-- pages may overlap: the last page that shows a user's history counts, one without a moment only if
-- none has it; a history of nobody stands for itself
ranked as (

    select
        extraction_id,
        user_id,
        created_at,
        updated_at,
        _parent_row_id,
        _index,
        row_number() over (
            partition by
                extraction_id,
                user_id,
                case when user_id is null then _parent_row_id end,
                case when user_id is null then _index end
            order by
                case when created_at is null then 1 else 0 end asc,
                {{ answer_order(
                    ties=['page_number', '_parent_row_id', '_index'], day='load_date'
                ) }}
        ) as showing_rank
    from histories

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
