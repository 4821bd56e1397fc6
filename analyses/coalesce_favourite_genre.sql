-- Which genre would we play to each user: the one heard most, else the one declared, else 'Pop'?
-- COALESCE takes the first that is not null. The same in PostgreSQL and SQLite; SQL Server's ISNULL
-- takes two values only and keeps the type of the first, so write COALESCE there too.

with

declared as (

    select
        user_key,
        min(genre_id) as genre_id
    from {{ ref('bridge_users_x_favorite_genres') }}
    group by user_key

)

select
    features.user_key,
    coalesce(features.top_genre_id, declared.genre_id, 'pop') as genre_id,
    case
        when features.top_genre_id is not null then 'heard'
        when declared.genre_id is not null then 'declared'
        else 'default'
    end as reason
from {{ ref('user_features') }} as features
left join declared on features.user_key = declared.user_key
order by features.user_key asc
