-- The order in which the versions of a lead or call were read, of those of which a changed load has
-- one. What was sent once needs none.

with

-- read twice, as two: as one, DuckDB would keep all of its rows
hashed as (

    select * from {{ ref('int_leads_rows_hashed') }}
    where sent_id is not null

),

all_versions as (

    select * from {{ ref('int_leads_rows_hashed') }}
    where sent_id is not null

),

loads as (

    select * from {{ ref('int_leads_loads_changed') }}

),

spoken_of as (

    select
        hashed.row_kind,
        hashed.sent_id
    from hashed
    inner join loads on hashed.row_kind = loads.row_kind and hashed._load_id = loads._load_id
    group by hashed.row_kind, hashed.sent_id

),

versions as (

    select
        all_versions.row_kind,
        all_versions.sent_id,
        all_versions._row_id,
        all_versions._index,
        all_versions._file_id,
        all_versions._load_id
    from all_versions
    inner join spoken_of
        on
            all_versions.row_kind = spoken_of.row_kind
            and all_versions.sent_id = spoken_of.sent_id

),

resent as (

    select
        row_kind,
        sent_id
    from versions
    group by row_kind, sent_id
    having count(*) > 1

),

-- one row per version of what was sent more than once
ordered as (

    select
        versions.row_kind,
        versions._row_id,
        row_number() over (
            partition by versions.row_kind, versions.sent_id
            order by versions._load_id, versions._file_id, versions._index
        ) as read_number
    from versions
    inner join resent
        on versions.row_kind = resent.row_kind and versions.sent_id = resent.sent_id

)

select * from ordered
