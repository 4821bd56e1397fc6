-- A finding, not an error: an answer that lists a place, an entry or a track twice. Places are
-- added up, of the others one counts; answer_count says so beside the row.
{{ config(severity='warn') }}

select
    'fct_place_observations' as mart,
    count(*) as row_count
from {{ ref('fct_place_observations') }}
where answer_count > 1
having count(*) > 0

union all

select
    'fct_chart_entries' as mart,
    count(*) as row_count
from {{ ref('fct_chart_entries') }}
where answer_count > 1
having count(*) > 0

union all

select
    'fct_playlist_entries' as mart,
    count(*) as row_count
from {{ ref('fct_playlist_entries') }}
where answer_count > 1
having count(*) > 0

union all

select
    'bridge_albums_x_songs' as mart,
    count(*) as row_count
from {{ ref('bridge_albums_x_songs') }}
where answer_count > 1
having count(*) > 0
