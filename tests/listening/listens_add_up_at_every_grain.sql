-- Growth of the service, of its tracks and of its listeners must speak of the same listens.

with

extractions as (

    select
        min(load_date) as first_date,
        max(load_date) as last_date
    from {{ ref('int_listening_extractions_dated') }}

),

-- earlier days are no observations: see fct_track_listens_daily
watched as (

    select
        cast(listens.listened_at as date) as observed_date,
        count(*) as listen_count,
        count(distinct listens.user_key) as user_count
    from {{ ref('fct_listens') }} as listens
    cross join extractions
    where
        cast(listens.listened_at as date) between extractions.first_date and extractions.last_date
    group by all

),

observed as (

    select
        observed_date,
        sum(value) filter (where subject_id like 'track:%') as track_listens,
        sum(value) filter (
            where subject_id = 'service:moovitamix' and metric_id = 'moovitamix:listens'
        ) as service_listens,
        sum(value) filter (where metric_id = 'moovitamix:active_users') as active_users
    from {{ ref('int_listening_observations') }}
    group by observed_date

)

select watched.observed_date
from watched
left join observed on watched.observed_date = observed.observed_date
where
    watched.listen_count <> coalesce(observed.track_listens, 0)
    or watched.listen_count <> coalesce(observed.service_listens, 0)
    or watched.user_count <> coalesce(observed.active_users, 0)
