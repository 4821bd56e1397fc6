"""A landing that loads cleanly and is wrong in every way a source can be wrong: what the findings are about."""

import csv
import io
import json
from datetime import date, timedelta
from pathlib import Path

from reports import csv_text, song, summary

ARTIST = "00000009-0000-4000-8000-{:012}"
LARGEST = 2**63 - 1


def page(items: list[dict], artist: str = "", platform: str = "spotify") -> dict:
    """A page of the Soundcharts API; it says of whom it is where an artist is given."""
    who = {"artist": {"uuid": artist, "name": "Ann"}} if artist else {}
    related = {**who, "platform": platform, "lastCrawlDate": "2026-02-03"}
    return {"related": related, "items": items, "page": {"total": len(items)}, "errors": []}


def series(first: int, key: str = "value", days: int = 40) -> list[dict]:
    """A value a day that grows by ten."""
    start = date(2026, 1, 1)
    return [{"date": str(start + timedelta(day)), key: first + 10 * day} for day in range(days)]


def points(first: int, popularity: int = 50) -> list[dict]:
    """Forty days of a report's song."""
    days = series(first, "spotify-streams")
    return [day | {"spotify-popularity": popularity} for day in days]


def _report() -> str:
    hums = {"newtube-hums": summary(7)}
    twice = {"spotify-streams": summary(20_390), "spotify:streams": summary(20_391)}
    songs = [
        song(1, artist="Ann", timeSeries=points(10_000_000), summaries={}),
        song(2, artist="Bob", timeSeries=points(20_000, popularity=101), summaries={**hums, **twice}),
    ]
    for number in (3, 4, 5):  # their sum is beyond a bigint
        huge = [{"date": f"2026-01-0{day}", "spotify-streams": LARGEST} for day in range(1, 6)]
        songs.append(song(number, artist="Cy", timeSeries=huge, summaries={}))
    odd = [{"date": day, "spotify-streams": 31_000} for day in ("0001-01-01", "1899-12-30", "2042-06-01")]
    future = [*points(30_000), *odd]
    songs.append(song(6, artist="Dee", timeSeries=future, summaries={}))
    return csv_text(songs)


def _chart() -> str:
    out = io.StringIO()
    rows = [
        ("2026-01-01", 0, "Top", "Ann", 300),
        ("2026-01-08", 1, "Top", "Ann", 50),
        ("2026-01-15", 0, "Top", "Ann", 60),
        ("1899-12-30", 1, "Top", "Ann", 60),
        ("2042-06-01", 1, "Top", "Ann", 60),
    ]
    csv.writer(out).writerows([("date", "position", "song", "artist", "popularity"), *rows])
    return out.getvalue()


def _pages() -> dict[str, dict]:
    first, second, third = (ARTIST.format(number) for number in (1, 2, 3))
    followers = series(5_000, "followerCount")
    days = "2026-01-01_2026-02-09__p0001"
    score = [day | {"score": 1, "trendingScore": -3.5} for day in series(50, "fanbaseScore")]
    identifiers = [
        {"platformName": "Spotify", "platformCode": "spotify", "identifier": None, "url": "u", "default": True},
        {"platformName": "None", "platformCode": None, "identifier": "x", "url": "u", "default": True},
        {"platformName": "Spotify", "platformCode": "spotify", "identifier": "id1", "url": "u", "default": True},
    ]
    genres = ["pop / french pop", {"root": "pop", "sub": ["french pop"]}]
    described = {"uuid": song(1)["song_id"], "name": "One", "creditName": "Ann", "artists": [], "duration": 1}
    described |= {"genres": genres, "isrc": "NONE"}
    return {
        f"artist-followers__{first}__newtube__{days}": page(followers, first, "newtube"),
        f"artist-listening__{first}__spotify__{days}": page(
            [*series(900), {"date": "2026-02-10", "value": -5}, {"date": "1970-01-01", "value": 5}], first
        ),
        f"artist-listening__{second}__spotify__{days}": page([{"date": "2026-02-01", "value": LARGEST}], second),
        f"artist-identifiers__{first}__p0001": page(identifiers, first),
        "song": {"type": "song", "object": described, "errors": []},
        "tracks_of_nothing": page([{"discNumber": 1, "number": 1, "song": {"uuid": "s", "name": "S"}}]),
        "of_nobody": {**page(score), "related": []},
        "by_another_name": page(followers, third, ""),
        "by_no_name": page(followers),
        f"song-audience__{song(1)['song_id']}__spotify__{days}": page(
            [{"date": "2026-01-01", "plots": [{"identifier": "A", "value": LARGEST}]}]
        ),
    }


def _listening() -> dict[str, dict]:
    moment = "2026-05-01T08:00:00"
    times = {"created_at": moment, "updated_at": "2026-04-01T08:00:00"}
    person = {"first_name": "F", "last_name": "L", "gender": "Male", "favorite_genres": "Rock,\u00a0, ROCK", **times}
    users = [person | {"id": 1, "email": None}, person | {"id": 2, "email": "no address"}]
    users += [person | {"id": number, "email": "f@example.org"} for number in (3, 4)]
    track = {"artist": "A", "songwriters": "W", "genres": None, "album": "B", **times}
    tracks = [
        track | {"id": 1, "name": "One", "duration": "99999999:59"},
        track | {"id": 2, "name": None, "duration": "03:61"},
    ]
    histories = [
        {"user_id": 1, "items": [1, 77, None], **times},
        {"user_id": 9, "items": [1], **times},
        {"user_id": None, "items": [1], **times},
        {"user_id": 2, "items": [], **times | {"created_at": "soon"}},
        {"user_id": 3, "items": [1, 2], **times | {"created_at": "2042-06-01T08:00:00"}},
        {"user_id": 4, "items": [1], **times | {"created_at": "0001-01-01T00:00:00"}},
    ]
    routes = {"users": users, "tracks": tracks, "listen_history": histories}
    return {
        f"2026-05-02/{route}__p0001": {"items": rows, "total": len(rows) + 1, "page": 1, "size": 100, "pages": 1}
        for route, rows in routes.items()
    }


def _film(number: int, title: str = "F", **said: object) -> dict:
    """A film as TMDb describes it."""
    film = {"id": number, "title": title, "original_title": "F", "original_language": "en", "popularity": 1.5}
    film |= {"release_date": "2025-01-01", "vote_average": 7, "vote_count": 10, "adult": False, "video": False}
    return film | said


def _films() -> dict[str, dict]:
    listed = _film(1, genre_ids=[999])
    bare = _film(2, "", original_title="", release_date="", genre_ids=[])
    pages = [[listed, bare], [listed]]  # the first film has moved to the next page
    lists = {f"2026-02-03/movie-list__popular__p000{number}": rows for number, rows in enumerate(pages, 1)}
    for day in ("2042-06-01", "1899-12-30"):
        lists[f"{day}/movie-list__popular__p0001"] = [_film(1, genre_ids=[])]
    nowhere = {"iso_3166_1": "QX", "name": "Nowhere"}
    part = {"id": 1, "name": "P", "credit_id": "c", "order": 0}
    return {
        **{name: {"page": int(name[-1]), "results": rows} for name, rows in lists.items()},
        **{f"{name}.request": {"list": "popular"} for name in lists},
        "2026-02-03/movie__3": _film(3, budget=5, runtime=90, production_countries=[nowhere]),
        "2026-02-03/movie-credits__4": {"id": 4, "cast": [part], "crew": []},
    }


def _leads() -> dict[str, list[dict]]:
    """The feeds of leads: of each a record of a day that can be, and one that cannot."""
    moments = ("2026-02-01T08:00:00+01:00", "2026-02-02T08:00:00+01:00")
    lead = {"direction": "inbound", "utm_source": "google", "utm_medium": "organic", "consent": True}
    lead |= {"declared_channel": "SEO", "status": "validated", "phone_valid": True}
    born = (*moments, "1970-01-01T00:00:00+00:00", "2042-06-01T08:00:00+02:00")
    leads = [lead | {"lead_id": f"l{n}", "created_at": at, "updated_at": moments[1]} for n, at in enumerate(born)]
    called = [*moments, "1899-12-30T00:00:00+00:00"]
    calls = [
        {"call_id": f"c{n}", "lead_id": "l0", "called_at": at, "attempt_no": 1, "outcome": "reached", "duration_s": 9}
        for n, at in enumerate(called)
    ]
    spend = [
        {"date": day, "platform": "meta_ads", "campaign_id": "1", "spend": 5, "currency": "EUR"}
        for day in ("2026-02-01", "2026-02-02", "2042-06", "1970-01-01")
    ]
    return {"leads": leads, "call_attempts": calls, "media_spend": spend}


def land(folder: Path) -> None:
    """Write the landing: a report, a list of a chart, feeds of leads, pages of three APIs."""
    (folder / "pages").mkdir(parents=True)
    (folder / "report.csv").write_text(_report())
    (folder / "chart.csv").write_text(_chart())
    for name, body in _pages().items():
        (folder / "pages" / f"{name}.json").write_text(json.dumps(body))
    (folder / "leads").mkdir()
    for name, rows in _leads().items():
        (folder / "leads" / f"{name}.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    for source, bodies in (("moovitamix", _listening()), ("tmdb", _films())):
        for name, body in bodies.items():
            file = folder / source / f"{name}.json"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(body))
