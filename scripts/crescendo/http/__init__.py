"""Answers of HTTP sources, landed unchanged. A loader needs this layout only, no code of this package.

```
landing/soundcharts/<day>/<document>__<uuid>[__<platform>][__<from>_<to>][__p<page>[r<reading>]].json
landing/moovitamix/<day>/<route>__p<page>.json
landing/tmdb/<day>/movie-list__<list>__p<page>.json, movie__<id>.json, movie_ids_MM_DD_YYYY.json (gzipped lines)
landing/tmdb/<day>/movie-absences__<day>.jsonl    the films that were asked for and are gone: made here, not sent
<any of these>.request.json    beside each, written before it
```

- `<day>` is the UTC day on which the run began (for moovitamix the load date), YYYY-MM-DD.
- A body is byte for byte what the source sent (after transport compression), and never without its request.
- A request without a body is a **declared absence**: `status` 403 (not in the plan), 404 (no data) or 410
  (withdrawn), `answer` the text that said so.
- Every request holds the facts of the asking: `document`, `uuid`, `platform`, `from`, `to` (both inclusive),
  `page` (1-based), `reading` (1; more where a listing moved and was read again: take the union of all); for
  moovitamix `document`, `load_date`, `page`. Further `method`, `path`, `query` (object of strings), `status`,
  `fetched_at` (UTC), `sha256`, `bytes`, `headers`. Never a credential.
- Names hold the same facts: two underscores separate fields and occur in none. `<platform>` is the source's
  own code, so `twitter` and `x` both occur.
- Pages of one listing may overlap or come out of order: deduplicate by key, never by page.
- What begins with a dot is not data, **do not read it**: `.run-*.json` (what a run asked, how far its windows
  reach), `.lock`, `.*.tmp`; for moovitamix `.parquet/<route>/load_date=<day>/rows.parquet` (the same rows again),
  `.partial/<day>/` (an extraction under way) and
  `.torn/<day>__<n>/` (one during which the server changed its universe).

Documents of Soundcharts, by their numbers in the source's list of endpoints:

| document | number | what the name holds beside the uuid |
|---|---|---|
| artist-search | - | the term in place of the uuid; page |
| artist, song, album | 1, 15, 22 | nothing |
| artist-identifiers, artist-songs, artist-albums | 3, 4, 5 | page |
| artist-followers, artist-local-followers | 7, 8 | platform, window, page |
| artist-listening, artist-local-streaming | 9, 10 | platform, window, page |
| artist-popularity, artist-retention | 11, 13 | platform, window, page |
| artist-score | 12 | window, page |
| song-identifiers, song-albums, album-tracks | 16, 20, 23 | page |
| song-audience, song-popularity | 17, 18 | platform, window, page |
| artist-playlists, artist-charts | 25, 27 | platform, page |

Routes of MooVitamix: tracks, users, listen_history.
"""
