-- The source tells when a user's history began, not when each track was played: `listened_at` is
-- that moment, for all of its tracks. A listen of someone or something that its extraction does not
-- know is never guessed at.

with

histories as (

    select * from {{ ref('int_listening_histories_latest') }}

),

listens as (

    select * from {{ ref('stg_moovitamix__listens') }}

),

users as (

    select * from {{ ref('int_listening_users_resolved') }}

),

tracks as (

    select * from {{ ref('int_listening_tracks_resolved') }}

),

-- one row per extraction, history and place in it; a history without tracks has one row
judged as (

    select
        histories.extraction_id,
        histories.load_date,
        histories.user_id,
        users.user_key,
        users.version as user_version,
        listens.track_id,
        tracks.track_key,
        tracks.version as track_version,
        listens._index as position,
        histories.created_at as listened_at,
        histories.etl_updated_at,
        case
            when histories.user_id is null then 'no_user'
            when users.user_id is null then 'unknown_user'
            when listens._index is null then 'no_tracks'
            when listens.track_id is null then 'no_track'
            when tracks.track_id is null then 'unknown_track'
            when histories.created_at is null then 'no_time'
            else {{ day_problem(
                'cast(histories.created_at as date)', 'cast(histories.etl_updated_at as date)'
            ) }}
        end as quarantine_reason
    from histories
    left join listens
        on
            histories._parent_row_id = listens._parent_row_id
            and histories._index = listens._items_index
    left join users
        on
            histories.extraction_id = users.extraction_id
            and histories.user_id = users.user_id
    left join tracks
        on
            histories.extraction_id = tracks.extraction_id
            and listens.track_id = tracks.track_id

)

select * from judged
