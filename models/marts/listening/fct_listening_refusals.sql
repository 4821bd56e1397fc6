with

listens as (

    select * from {{ ref('int_listening_listens_joined') }}

),

tracks as (

    select * from {{ ref('int_listening_tracks_resolved') }}

),

-- one row per listen that is in no other table, and per value that became null
quarantined as (

    select
        extraction_id,
        'listen_history' as route,
        cast(user_id as string) as record_id,
        position,
        quarantine_reason,
        case
            when quarantine_reason like 'date_%' then cast(listened_at as string)
            else cast(track_id as string)
        end as refused_value,
        load_date
    from listens
    where quarantine_reason is not null

    union all

    select
        extraction_id,
        'tracks' as route,
        cast(track_id as string) as record_id,
        cast(null as bigint) as position,
        'bad_duration' as quarantine_reason,
        duration_text as refused_value,
        load_date
    from tracks
    where duration_seconds is null and duration_text is not null

)

select * from quarantined
