-- Nothing is lost between what was landed and the marts: each track of a history that counts (of
-- overlapping pages the last) is a listen or is in quarantine, and each listen that any extraction
-- shows is one of fct_listens.

with

sent as (

    select count(*) as listen_count
    from {{ ref('stg_moovitamix__listens') }} as listens
    inner join {{ ref('int_listening_histories_latest') }} as histories
        on
            listens._parent_row_id = histories._parent_row_id
            and listens._items_index = histories._index

),

accepted as (

    select count(*) as listen_count
    from {{ ref('fct_listen_snapshots') }}

),

quarantined as (

    select count(*) as listen_count
    from {{ ref('fct_listening_refusals') }}
    where route = 'listen_history'

),

-- a history without tracks is in quarantine, and no listen
empty as (

    select count(*) as history_count
    from {{ ref('fct_listening_refusals') }}
    where route = 'listen_history' and position is null

),

lost_listens as (

    select
        user_key,
        track_key,
        position,
        listened_at
    from {{ ref('fct_listen_snapshots') }}

    except

    select
        user_key,
        track_key,
        position,
        listened_at
    from {{ ref('fct_listens') }}

)

select 'listens' as what
from sent
cross join accepted
cross join quarantined
cross join empty
where
    sent.listen_count
    <> accepted.listen_count + quarantined.listen_count - empty.history_count

union all

select 'snapshots' as what
from lost_listens
