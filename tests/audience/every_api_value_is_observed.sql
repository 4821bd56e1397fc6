-- Nothing of the API may be lost or made up between its answers and what growth is read from: every
-- day with a value has an observation of its metric, whatever the platform is called, and no artist
-- has an observation on a day for which no answer has a value. Zeros are left out: those that a
-- series begins with are no observations; and so are pages that do not say of whom or of what, and
-- values that are set aside (int_observations_excluded, int_audience_refusals_found), which are
-- findings.

with

artist_values as (

    select
        pages.artist_id as asked_uuid,
        pages.platform,
        measures.series,
        days.date as observed_date,
        pages._load_id
    from {{ ref('stg_soundcharts__artist_pages') }} as pages
    inner join {{ source('raw_soundcharts', 'artist_audience_pages__items') }} as days
        on pages._row_id = days._parent_row_id
    cross join (
        values ('followers'), ('likes'), ('following'), ('posts'), ('channel_views')
    ) as measures (series)
    where
        case measures.series
            when 'followers' then days.follower_count
            when 'likes' then days.like_count
            when 'following' then days.following_count
            when 'posts' then days.post_count
            when 'channel_views' then days.view_count
        end > 0

    union all

    select
        pages.artist_id as asked_uuid,
        pages.platform,
        case pages.document
            when 'artist-local-streaming' then 'listening'
            else 'followers'
        end as series,
        days.date as observed_date,
        pages._load_id
    from {{ ref('stg_soundcharts__artist_pages') }} as pages
    inner join {{ source('raw_soundcharts', 'artist_audience_pages__items') }} as days
        on pages._row_id = days._parent_row_id
    where days.value > 0

    union all

    select
        pages.artist_id as asked_uuid,
        pages.platform,
        replace(pages.document, 'artist-', '') as series,
        days.date as observed_date,
        pages._load_id
    from {{ ref('stg_soundcharts__artist_pages') }} as pages
    inner join {{ source('raw_soundcharts', 'artist_value_pages__items') }} as days
        on pages._row_id = days._parent_row_id
    where days.value > 0

    union all

    select
        pages.artist_id as asked_uuid,
        'soundcharts' as platform,
        measures.series,
        days.date as observed_date,
        pages._load_id
    from {{ ref('stg_soundcharts__artist_pages') }} as pages
    inner join {{ source('raw_soundcharts', 'artist_score_pages__items') }} as days
        on pages._row_id = days._parent_row_id
    cross join (values ('score'), ('fanbase_score'), ('trending_score')) as measures (series)
    where
        case measures.series
            when 'score' then days.score
            when 'fanbase_score' then days.fanbase_score
            else days.trending_score
        end > 0

),

-- A day on which the preferred identifier is missing may be left out
-- (int_audience_song_values_resolved), so only days with one that is preferred, or with one value
-- for all, are asked for.
song_values as (

    select
        pages.asked_uuid,
        pages.platform,
        replace(pages.document, 'song-', '') as series,
        days.date as observed_date,
        pages._load_id
    from {{ ref('stg_soundcharts__song_audience_pages') }} as pages
    inner join {{ source('raw_soundcharts', 'song_audience_pages__items') }} as days
        on pages._row_id = days._parent_row_id
    left join {{ source('raw_soundcharts', 'song_audience_pages__items__plots') }} as plots
        on days._parent_row_id = plots._parent_row_id and days._index = plots._items_index
    left join {{ source('raw_soundcharts', 'identifier_pages__items') }} as identifiers
        on
            pages.platform = {{ platform_code('identifiers.platform_code') }}
            and plots.identifier = identifiers.identifier
    where days.value > 0 or (plots.value > 0 and identifiers."default")

),

raw_days as (

    select
        'artist:' || asked_uuid as subject_id,
        platform,
        series,
        observed_date,
        _load_id
    from artist_values

    union all

    select
        'song:' || asked_uuid as subject_id,
        platform,
        series,
        observed_date,
        _load_id
    from song_values

),

-- one row per subject, metric and day
expected as (

    select
        raw_days.subject_id,
        raw_days.platform
        || ':'
        || coalesce(names.metric, raw_days.series) as metric_id,
        raw_days.observed_date
    from raw_days
    left join {{ ref('soundcharts_metrics') }} as names
        on
            raw_days.series = names.series
            and raw_days.platform = names.platform
    left join {{ ref('stg_load_audit__loads') }} as loads on raw_days._load_id = loads._load_id
    where
        -- a day that cannot be is a finding
        {{ day_problem('raw_days.observed_date', 'loads.started_date') }} is null
        and raw_days.subject_id is not null
        and raw_days.platform is not null
        and coalesce(names.metric, raw_days.series) is not null
    group by all

),

-- of artists, and of whom an answer speaks
asked_series as (

    select
        series_id,
        subject_id,
        metric_id
    from {{ ref('dim_series') }}
    where
        subject_id like 'artist:%'
        or subject_id in (select expected.subject_id from expected)

),

observed as (

    select
        series.subject_id,
        series.metric_id,
        observations.observed_date,
        observations.value
    from {{ ref('fct_observations') }} as observations
    inner join asked_series as series on observations.series_id = series.series_id

),

missed as (

    select
        case when observed.value is null then 'lost' else 'made up' end as problem,
        coalesce(expected.subject_id, observed.subject_id) as subject_id,
        coalesce(expected.metric_id, observed.metric_id) as metric_id,
        coalesce(expected.observed_date, observed.observed_date) as observed_date
    from expected
    full outer join observed
        on
            expected.subject_id = observed.subject_id
            and expected.metric_id = observed.metric_id
            and expected.observed_date = observed.observed_date
    where
        observed.value is null
        or (
            expected.subject_id is null
            and observed.subject_id like 'artist:%'
            and observed.value > 0
        )

),

set_aside as (

    select
        subject_id,
        metric_id,
        observed_date
    from {{ ref('int_observations_excluded') }}

    union distinct

    select
        subject_id,
        metric_id,
        observed_date
    from {{ ref('int_audience_refusals_found') }}

)

select missed.*
from missed
left join set_aside
    on
        missed.subject_id = set_aside.subject_id
        and missed.metric_id = set_aside.metric_id
        and missed.observed_date = set_aside.observed_date
where missed.problem = 'made up' or set_aside.subject_id is null
