"""A stand-in for the Soundcharts API: its paths, shapes, limits and errors, over a made-up catalogue.

Which of its versions answers is told by the number in the path, as at the source. `shapes` says what the newest
paths answer: "new", "old", or "mixed", where every other artist, song and album is still served in the old shape.
"""

import base64
import json
import re
import secrets
import time
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qs, urlencode

import numpy as np
from fastapi import Depends, FastAPI, Request
from fastapi.responses import Response

from crescendo.http.server import Disturbed, Faults, chance
from crescendo.sources import words
from crescendo.sources.soundcharts.catalogue import (
    COUNTED,
    COUNTRIES,
    FOLLOWED,
    GENRES,
    IDENTIFIED_ONLY,
    Catalogue,
    Series,
)
from crescendo.sources.soundcharts.shapes import ENDPOINTS, OAUTH_PATH
from crescendo.sources.soundcharts.world import END

DEFAULT_DAYS = 30
NOT_IN_PLAN = "/retention$"
NO_DATA = "/(audience|popularity|streaming|playlist|charts|social)/"
SHAPES = ("new", "old", "mixed")
CHARTS = ("spotify", "apple-music", "shazam", "itunes", "deezer", "airplay")
PLAYLISTS = ("spotify", "apple-music", "deezer", "amazon", "youtube")
OLD_CODES = {"x": "twitter"}


class _Refusal(Exception):  # noqa: N818 it is an answer
    def __init__(self, status: int, message: str) -> None:
        self.status, self.message = status, message


def application(
    catalogue: Catalogue,
    faults: Faults | None = None,
    shapes: str = "new",
    credentials: tuple[str, ...] = ("soundcharts", "soundcharts"),
    token_seconds: float = 3600,
) -> Disturbed:
    """The API as an ASGI application.

    `credentials` are what `x-app-id` and `x-api-key` must hold, or, where there are three, the id and secret of an
    application and its team, for a token that lasts `token_seconds`.
    """
    faults = faults or Faults()
    faults.not_in_plan, faults.no_data = NOT_IN_PLAN, NO_DATA

    tokens: dict[str, float] = {}

    async def authorised(request: Request) -> None:
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        shown: Any = (request.headers.get("x-app-id"), request.headers.get("x-api-key"))
        if request.url.path == OAUTH_PATH:
            form = parse_qs((await request.body()).decode())
            pair = base64.b64decode(token).decode().partition(":") if kind == "Basic" else ("", "", "")
            shown = (pair[0], pair[2], *form.get("team_id", []), *form.get("grant_type", []))
            accepted = shown == (*credentials, "client_credentials")
        elif len(credentials) == 3:
            accepted = kind == "Bearer" and tokens.get(token, 0) > time.monotonic()
        else:
            accepted = shown == credentials
        if not accepted:
            raise _Refusal(401, "You are not logged in")

    app = FastAPI(title="Soundcharts, simulated", dependencies=[Depends(authorised)])

    @app.exception_handler(_Refusal)
    def refused(_: Request, refusal: _Refusal) -> Response:
        error = {"key": "argument", "code": refusal.status, "message": refusal.message}
        return _json({"errors": [error]}, refusal.status)

    @app.post(OAUTH_PATH)
    def token() -> Response:
        new = secrets.token_urlsafe(24)
        tokens[new] = time.monotonic() + token_seconds
        return _json({"access_token": new, "token_type": "Bearer", "expires_in": token_seconds})

    Routes(app, catalogue, faults, shapes)
    return Disturbed(app, faults)


class Routes:
    """Adds every path to an application. A handler takes the request's path parameters and gives what is sent."""

    def __init__(self, app: FastAPI, catalogue: Catalogue, faults: Faults, shapes: str) -> None:
        self.catalogue, self.faults, self.shapes = catalogue, faults, shapes
        handlers = {
            "artist-search": self.search,
            "artist": self.artist,
            "artist-identifiers": self.identifiers,
            "artist-songs": self.songs,
            "artist-albums": self.artist_albums,
            "artist-followers": self.followers,
            "artist-local-followers": self.local_followers,
            "artist-listening": self.listening,
            "artist-local-streaming": self.local_streaming,
            "artist-popularity": self.popularity,
            "artist-score": self.score,
            "artist-playlists": self.playlists,
            "artist-charts": self.charts,
            "artist-retention": self.retention,
            "song": self.song,
            "song-identifiers": self.identifiers,
            "song-albums": self.song_albums,
            "song-audience": self.song_audience,
            "song-popularity": self.song_popularity,
            "album": self.album,
            "album-tracks": self.album_tracks,
        }
        artist, song = "/api/{version}/artist/{id}", "/api/{version}/song"
        others = {  # older paths, and what is never fetched
            f"{artist}/social/{{platform}}": self.local_followers,
            f"{artist}/social/{{platform}}/followers/{{year}}/{{month}}": self.local_followers,
            f"{artist}/streaming/{{platform}}/listeners/{{year}}/{{month}}": self.local_streaming,
            f"{song}/by-isrc/{{isrc}}": self.song_by_isrc,
            f"{song}/{{id}}/spotify/stream": self.song_streams,
            "/api/v2/referential/platforms": self.platforms,
            "/api/v2/team/usage": self.usage,
        }
        for path, handler in ({_any_version(name): answer for name, answer in handlers.items()} | others).items():
            app.add_api_route(path, _answering(handler), response_class=Response)

    # the catalogue

    def search(self, request: Request) -> dict:
        """Artists whose name holds the term."""
        term = request.path_params["id"].casefold()
        found = [self._light(uuid) for uuid, artist in self.catalogue.artists.items() if term in artist.name.casefold()]
        if not found:
            raise _Refusal(404, "No artist found for this term")
        return self._page(request, found, None, ENDPOINTS["artist-search"].limit)

    def artist(self, request: Request) -> dict:
        """(1)."""
        uuid = self._known(request, self.catalogue.artists)
        roots = list(GENRES.items())
        root, subs = roots[int(chance("genre", uuid) * len(roots))]
        genres: list = [{"root": root, "sub": subs.split(",") if subs else []}]
        if self._old(request, uuid, below=9):
            genres = [root, *genres[0]["sub"]]
        codes = list(COUNTRIES)
        return _object(
            "artist",
            {
                **self._light(uuid),
                "appUrl": f"https://app.soundworld.example/artist/{uuid}/overview",
                "countryCode": codes[int(chance("home", uuid) * len(codes))] if chance("x", uuid) < 0.9 else "",
                "genres": genres,
                "biography": "",
                "isni": "",
                "ipi": "",
                "gender": None,
                "type": "person" if chance("type", uuid) < 0.6 else "group",
                "birthDate": None,
                "careerStage": ("emerging", "developing", "established")[int(chance("stage", uuid) * 3)],
                "cityName": "",
            },
        )

    def identifiers(self, request: Request) -> dict:
        """(3) and (16)."""
        songs = "/song/" in request.url.path
        uuid = self._known(request, self.catalogue.songs if songs else self.catalogue.artists)
        known = (*COUNTED, "spotify", "deezer", "tidal", "apple-music") if songs else (*FOLLOWED, *IDENTIFIED_ONLY)
        old = self._old(request, uuid)
        items = []
        for code in sorted(set(known)):
            if self.catalogue.has_account(uuid, code):
                for number, name in enumerate(self.catalogue.identifiers(uuid, code)):
                    items.append(_identifier(OLD_CODES.get(code, code) if old else code, name, number == 0))
        isrc = self.catalogue.isrc(uuid) if songs else None
        items += [_identifier("isrc", isrc, True)] if isrc else []
        if old:
            items = [{key: item[key] for key in item if key != "default"} for item in items]
        return self._page(request, items, self._light(uuid))

    def songs(self, request: Request) -> dict:
        """(4): the first of every catalogue has neither credit nor date, half of all have no date."""
        uuid = self._known(request, self.catalogue.artists)
        items = [
            self._light(song)
            | {"releaseDate": None if number == 0 or chance("undated", song) < 0.45 else self._released(song)}
            | ({"creditName": ""} if number == 0 else {})
            for number, song in enumerate(sorted(self.catalogue.songs_of[uuid]))
        ]
        return self._page(request, items, self._light(uuid))

    def artist_albums(self, request: Request) -> dict:
        """(5): before v2.34 without uuid."""
        uuid = self._known(request, self.catalogue.artists)
        albums = [key for key, album in self.catalogue.albums.items() if album[0] == uuid]
        return self._albums(request, uuid, albums, below=34)

    def song_albums(self, request: Request) -> dict:
        """(20)."""
        uuid = self._known(request, self.catalogue.songs)
        albums = [key for key, album in self.catalogue.albums.items() if uuid in album[3]]
        return self._albums(request, uuid, albums, below=0)

    def _albums(self, request: Request, uuid: str, albums: list[str], below: int) -> dict:
        items = []
        for key in sorted(albums):
            artist, title, kind, songs = self.catalogue.albums[key]
            item = {
                "uuid": key,
                "slug": f"{_slugged(title)}-{key[:6]}",
                "name": title,
                "creditName": self.catalogue.artists[artist].name,
                "releaseDate": self._released(songs[0]),
                "type": kind,
                "default": not title.endswith("(Deluxe)"),
            }
            if self._old(request, uuid, below):
                item = {name: item[name] for name in ("slug", "name", "creditName", "releaseDate")}
            items.append(item)
        return self._page(request, items, self._light(uuid))

    def song(self, request: Request) -> dict:
        """(15)."""
        return self._song(request, self._known(request, self.catalogue.songs))

    def song_by_isrc(self, request: Request) -> dict:
        """(15), or 410 where several songs claim the code."""
        songs = [song for song in self.catalogue.songs if self.catalogue.isrc(song) == request.path_params["isrc"]]
        if not songs:
            raise _Refusal(404, "Song not found")
        if len(songs) > 1:
            raise _Refusal(410, "This ISRC is black-listed: several tracks claim it")
        return self._song(request, songs[0])

    def _song(self, request: Request, uuid: str) -> dict:
        record, isrc = self.catalogue.songs[uuid], self.catalogue.isrc(uuid)
        artists = [self.catalogue.world.artist(index) for index in record.artists]
        label = f"{words.NOUN[int(chance('label', uuid) * len(words.NOUN))]} Records"
        body = {
            **self._light(uuid),
            "isrc": isrc and {"value": isrc, "countryCode": "FR", "countryName": "France"},
            "iswcs": [],
            "artists": [self._light(artist.artist_id) for artist in artists],
            "mainArtists": [self._light(artists[0].artist_id)],
            "releaseDate": self._released(uuid),
            "copyright": "",
            "labels": [{"name": label, "type": "Indie" if chance("indie", uuid) < 0.6 else "Major"}],
            "genres": [{"root": "pop", "sub": ["indie pop"]}] if chance("genre", uuid) < 0.8 else [],
            "composers": [artists[0].name],
            "producers": [],
            "duration": 120 + int(240 * chance("duration", uuid)) if chance("known", uuid) < 0.95 else None,
            "explicit": chance("explicit", uuid) < 0.1,
            "languageCode": "fr" if chance("language", uuid) < 0.5 else "",
            "distributor": "",
            "audio": _audio(uuid) if chance("audio", uuid) < 0.9 else None,
            "imageUrl": record.image_url,
        }
        if self._old(request, uuid, below=20):
            body |= {"isrc": isrc, "label": label}
            for key in ("labels", "iswcs", "mainArtists", "producers"):
                del body[key]
        return _object("song", body)

    def album(self, request: Request) -> dict:
        """(22)."""
        uuid = self._known(request, self.catalogue.albums)
        artist, title, kind, songs = self.catalogue.albums[uuid]
        labels = [{"name": f"{words.NOUN[int(chance('label', uuid) * len(words.NOUN))]} Records", "type": "Indie"}]
        body: dict[str, Any] = {
            "uuid": uuid,
            "name": title,
            "creditName": self.catalogue.artists[artist].name,
            "upc": f"{int(chance('upc', uuid) * 1e11):013d}" if chance("coded", uuid) < 0.95 else None,
            "releaseDate": self._released(songs[0]),
            "totalTracks": len(songs),
            "type": kind,
            "artists": [self._light(artist)],
            "labels": labels,
            "copyright": "",
            "distributor": "",
            "imageUrl": f"https://assets.soundworld.example/album/{uuid}.jpg",
        }
        if self._old(request, uuid, below=36):
            del body["labels"]
            body["label"] = labels[0]["name"]
        return _object("album", body)

    def album_tracks(self, request: Request) -> dict:
        """(23)."""
        uuid = self._known(request, self.catalogue.albums)
        songs = self.catalogue.albums[uuid][3]
        items = [{"discNumber": 1, "number": number, "song": self._light(song)} for number, song in enumerate(songs, 1)]
        return self._page(request, items, {"uuid": uuid, "name": self.catalogue.albums[uuid][1]})

    # series of artists

    def followers(self, request: Request) -> dict:
        """(7)."""
        uuid, platform, series = self._artist_series(request, "followers")
        counted = FOLLOWED[_new_code(platform)][1]

        def item(stamp: str, day: date, value: int) -> dict:
            others = {
                "likeCount": value * 40,
                "followingCount": 412,
                "postCount": 233 + day.toordinal() % 1000,
                "viewCount": value * 900,
            }
            counts = {name: count if name in counted else None for name, count in others.items()}
            return {"date": stamp, "followerCount": value, **counts}

        return self._days(request, uuid, series, self._of_artist(uuid, platform), item)

    def local_followers(self, request: Request) -> dict:
        """(8), and the older paths of the same items."""
        return self._local(request, "followers")

    def local_streaming(self, request: Request) -> dict:
        """(10), and the older path of the same items."""
        return self._local(request, "listening")

    def _local(self, request: Request, what: str) -> dict:
        uuid, platform, series = self._artist_series(request, what)

        def item(stamp: str, day: date, value: int) -> dict:
            places = self.catalogue.places(uuid, _new_code(platform), day, value)
            cities, countries = places or ((), ())
            return {
                "date": stamp,
                "value": value,
                "cityPlots": [
                    {"date": stamp, "value": count, **_country(code), "region": region, "cityName": city}
                    for code, city, region, count in cities
                ],
                "countryPlots": [{"date": stamp, "value": count, **_country(code)} for code, count in countries],
            }

        return self._days(request, uuid, series, self._of_artist(uuid, platform), item)

    def listening(self, request: Request) -> dict:
        """(9)."""
        return self._flat(request, *self._artist_series(request, "listening"))

    def popularity(self, request: Request) -> dict:
        """(11): Paris midnight in the older half of the series."""
        middle = self.catalogue.start + self.catalogue.world.days // 2
        return self._flat(request, *self._artist_series(request, "popularity"), paris_before=middle.item())

    def retention(self, request: Request) -> dict:
        """(13): listeners over followers, percent, on the days that have both."""
        uuid, platform, (days, values) = self._artist_series(request, "listening")
        fans = self.catalogue.series("followers", uuid, _new_code(platform))
        if fans is None:
            raise _Refusal(404, "No data for this platform")
        both, at, of = np.intersect1d(days, fans[0], return_indices=True)
        ratio = np.round(100 * values[at] / np.maximum(fans[1][of], 1), 2)
        return self._flat(request, uuid, platform, (both, ratio))

    def score(self, request: Request) -> dict:
        """(12): `related` is an array here."""
        uuid = self._known(request, self.catalogue.artists)
        popularity = self.catalogue.series("popularity", uuid, "spotify")
        if popularity is None:
            raise _Refusal(404, "No data for this platform")
        series = self._window(request, popularity)

        def item(stamp: str, _: date, value: int) -> dict:
            parts = {"score": 0.8, "fanbaseScore": 0.7, "trendingScore": 0.3}
            return {"date": stamp, **{name: round(value * part, 1) for name, part in parts.items()}}

        return self._days(request, uuid, series, [self._light(uuid)], item)

    def _flat(
        self, request: Request, uuid: str, platform: str, series: Series, paris_before: date | None = None
    ) -> dict:
        def item(stamp: str, _: date, value: float) -> dict:
            return {"date": stamp, "value": value}

        related = self._of_artist(uuid, platform)
        return self._days(request, uuid, series, related, item, paris_before)

    def _days(
        self,
        request: Request,
        uuid: str,
        series: Series,
        related: Any,
        item: Callable[[str, date, Any], dict],
        paris_before: date | None = None,
    ) -> dict:
        """A page of a series, of which only what is on the page is made."""
        old = self._old(request, uuid)

        def made(at: int) -> dict:
            day = series[0][at].item()
            paris = old or (paris_before is not None and day < paris_before)
            return item(_stamp(day, paris), day, series[1][at].item())

        return self._page(request, range(len(series[0])), related, made=made)

    # series of songs

    def song_audience(self, request: Request) -> dict:
        """(17): newest day first, one plot per identifier seen that day."""
        return self._plots(request, self.catalogue.plots)

    def song_popularity(self, request: Request) -> dict:
        """(18)."""
        return self._plots(request, self.catalogue.song_popularity, combined=max)

    def song_streams(self, request: Request) -> dict:
        """The old path of (17): flat, the sum over the identifiers."""
        return self._plots(request, self.catalogue.plots, platform="spotify")

    def _plots(
        self,
        request: Request,
        source: Callable[[str, str], list[tuple[str, Series]] | None],
        combined: Callable[..., int] = sum,
        platform: str | None = None,
    ) -> dict:
        uuid = self._known(request, self.catalogue.songs)
        plots = source(uuid, _new_code(platform or request.path_params["platform"]))
        if plots is None:
            raise _Refusal(404, "No data for this platform")
        plots = [(name, self._window(request, series)) for name, series in plots]
        days = sorted({day for _, series in plots for day in series[0].tolist()}, reverse=True)
        old = self._old(request, uuid)

        def made(day: date) -> dict:
            seen = []
            for name, (known, values) in plots:
                at = int(np.searchsorted(known, np.datetime64(day)))
                if at < len(known) and known[at].item() == day:
                    seen.append({"identifier": name, "value": values[at].item()})
            flat: dict[str, Any] = {"value": combined(plot["value"] for plot in seen)}
            return {"date": _stamp(day, old)} | (flat if old or platform else {"plots": seen})

        return self._page(request, days, self._light(uuid), made=made)

    # playlists and charts

    def playlists(self, request: Request) -> dict:
        """(25)."""
        uuid, platform = self._known(request, self.catalogue.artists), request.path_params["platform"]
        if platform not in PLAYLISTS or not self.catalogue.has_account(uuid, platform):
            raise _Refusal(404, "No data for this platform")
        items = [
            _playlist_entry(platform, name, self._light(song), chance("entry", name, song))
            for song in sorted(self.catalogue.songs_of[uuid])
            for name in words.PLACE[:40]
            if chance("on", platform, name, song) < 0.06
        ]
        return self._page(request, sorted(items, key=lambda item: item["entryDate"]), self._light(uuid))

    def charts(self, request: Request) -> dict:
        """(27)."""
        uuid, platform = self._known(request, self.catalogue.artists), request.path_params["platform"]
        if platform not in CHARTS:
            raise _Refusal(404, "No data for this platform")
        items = [
            _chart_entry(platform, code, self._light(song), chance("rank", platform, code, song))
            for song in sorted(self.catalogue.songs_of[uuid])
            for code in COUNTRIES
            if chance("charted", platform, code, song) < 0.05
        ]
        return self._page(request, items, self._light(uuid))

    def platforms(self, request: Request) -> dict:
        """(29)."""
        items = [{"name": code.replace("-", " ").title(), "code": code} for code in sorted(FOLLOWED)]
        return self._page(request, items, None)

    def usage(self, _: Request) -> dict:
        """What is left of the quota; free of charge."""
        used = self.faults.served.total()
        return {"object": {"left": self.faults.left, "used": used, "perMinute": 5000}, "errors": []}

    # what handlers share

    def _old(self, request: Request, uuid: str, below: int = 0) -> bool:
        """Whether an entity is served in the old shape, as paths of a version v2.x below `below` always are."""
        number = request.path_params["version"].partition(".")[2]
        if self.shapes == "old" or int(number if number.isdigit() else 0) < below:
            return True
        return self.shapes == "mixed" and chance(self.catalogue.world.seed, "old", uuid) < 0.5

    def _known(self, request: Request, among: dict) -> str:
        uuid = request.path_params["id"]
        if uuid not in among:
            raise _Refusal(404, "Not found")
        return uuid

    def _light(self, uuid: str) -> dict:
        if uuid in self.catalogue.artists:
            name = self.catalogue.artists[uuid].name
            image = f"https://assets.soundworld.example/artist/{uuid}.jpg"
            return {"uuid": uuid, "slug": _slugged(name), "name": name, "imageUrl": image}
        record = self.catalogue.songs[uuid]
        return {"uuid": uuid, "name": record.title, "creditName": record.artist}

    def _released(self, song: str) -> str | None:
        sent = self.catalogue.songs[song].release_date
        return sent if sent and sent[0] != "0" else None

    def _of_artist(self, uuid: str, platform: str) -> dict:
        return {"artist": self._light(uuid), "platform": platform, "lastCrawlDate": f"{END}T02:07:10+00:00"}

    def _artist_series(self, request: Request, what: str) -> tuple[str, str, Series]:
        uuid, platform = self._known(request, self.catalogue.artists), request.path_params["platform"]
        series = self.catalogue.series(what, uuid, _new_code(platform))
        if series is None:
            raise _Refusal(404, "No data for this platform")
        return uuid, platform, self._window(request, series)

    def _window(self, request: Request, series: Series) -> Series:
        """The part of a series that is asked for, both days inclusive."""
        start, end = _asked_days(request)
        inside = (series[0] >= np.datetime64(start)) & (series[0] <= np.datetime64(end))
        return series[0][inside], series[1][inside]

    def _page(
        self,
        request: Request,
        items: Sequence,
        related: Any,
        most: int = ENDPOINTS["artist-songs"].limit,
        made: Callable[[Any], Any] = lambda item: item,
    ) -> dict:
        """A page of a listing, disturbed where a fault says so; `made` makes of an item what is sent."""
        offset, limit = _whole(request, "offset", 0), _whole(request, "limit", most)
        if limit < 1 or limit > most or offset < 0:
            raise _Refusal(400, f"limit must be between 1 and {most}")
        query = dict(request.query_params)
        listing = f"{request.url.path}?{sorted((key, query[key]) for key in query if key != 'offset')}"
        first = self.faults.asked[f"{request.url.path}?{request.url.query}"] <= 1
        total, start, shown = len(items), offset, offset
        if offset and self.faults.disturbs("overlap", listing, first):
            start = offset - 3
        if total > 2 * limit and offset in (limit, 2 * limit) and self.faults.disturbs("disorder", listing, first):
            start = shown = 3 * limit - offset
        page = [made(item) for item in items[start : start + limit]]
        if start == shown != offset:
            page = page[::-1]
        if offset // limit % 2 and self.faults.disturbs("total", listing, first):
            total = max(total - 5, 1)

        def link(to: int) -> str:
            return f"{request.url.path}?{urlencode({**query, 'offset': to, 'limit': limit})}"

        block = {
            "offset": shown,
            "limit": limit,
            "next": link(offset + limit) if offset + limit < len(items) else None,
            "previous": link(max(offset - limit, 0)) if offset else None,
            "total": total,
        }
        envelope = {} if related is None else {"related": related}
        return {**envelope, "items": page, "page": block, "errors": []}


def _any_version(name: str) -> str:
    """The path of a document's endpoint, in any version."""
    return re.sub(r"^/api/v[0-9.]+/", "/api/{version}/", ENDPOINTS[name].path)


def _answering(handler: Callable[[Request], dict]) -> Callable:
    async def answer(request: Request) -> Response:
        return _json(handler(request))

    answer.__name__ = handler.__name__
    return answer


def _json(body: dict, status: int = 200) -> Response:
    return Response(json.dumps(body, ensure_ascii=False), status, media_type="application/json")


def _object(kind: str, body: dict) -> dict:
    return {"type": kind, "object": body, "errors": []}


def _asked_days(request: Request) -> tuple[date, date]:
    """The window of a request: of its query, of a month in its path, or the latest days."""
    try:
        if "year" in request.path_params:
            start = date(int(request.path_params["year"]), int(request.path_params["month"]), 1)
            return start, (start + timedelta(31)).replace(day=1) - timedelta(1)
        end = request.query_params.get("endDate")
        until = date.fromisoformat(end) if end else datetime.now(UTC).date()
        since = request.query_params.get("startDate")
        return date.fromisoformat(since) if since else until - timedelta(DEFAULT_DAYS), until
    except ValueError:
        raise _Refusal(400, "Dates must be YYYY-MM-DD") from None


def _whole(request: Request, name: str, default: int) -> int:
    try:
        return int(request.query_params.get(name, default))
    except ValueError:
        raise _Refusal(400, f"{name} must be an integer") from None


def _new_code(platform: str) -> str:
    return "x" if platform == "twitter" else platform


def _slugged(name: str) -> str:
    return "-".join("".join(c if c.isalnum() else " " for c in name.casefold()).split())


def _identifier(code: str, name: str, default: bool) -> dict:
    name = f"/g/{name}" if code == "wikipedia" else name.replace("a", "+") if code == "lastfm" else name
    url = f"https://{code}.example/{name}"
    return {
        "platformName": code.replace("-", " ").title(),
        "platformCode": code,
        "identifier": name,
        "url": url,
        "default": default,
    }


def _audio(uuid: str) -> dict:
    shares = ("acousticness", "danceability", "energy", "instrumentalness", "liveness", "speechiness", "valence")
    return {
        **{name: round(chance(name, uuid), 3) for name in shares},
        "loudness": round(-20 * chance("loudness", uuid), 2),
        "tempo": round(70 + 100 * chance("tempo", uuid), 1),
        "key": int(12 * chance("key", uuid)),
        "mode": int(2 * chance("mode", uuid)),
        "timeSignature": 4,
    }


def _playlist_entry(platform: str, name: str, song: dict, draw: float) -> dict:
    entered = END - 10 - int(draw * 300)
    kinds = (
        "Editorial",
        "Algorithmic",
        "Algotorial",
        "Major",
        "Charts",
        "Curators_listeners",
        "Radios",
        "This_is",
    )
    uuid = f"dddd{int(chance('playlist', platform, name) * 16**4):04x}-0000-4000-8000-{int(chance(name) * 1e11):012d}"
    peak = 1 + int(draw * 20)
    return {
        "playlist": {
            "uuid": uuid,
            "name": f"Made for {name}",
            "identifier": f"37{uuid[:8]}",
            "platform": platform,
            "countryCode": "FR" if chance("home", name) < 0.3 else "",
            "latestCrawlDate": f"{END}T04:05:01+00:00",
            "latestTrackCount": 40 + int(chance("tracks", name) * 100),
            "latestSubscriberCount": int(10 ** (2 + 4 * chance("subscribers", platform, name))),
            "type": kinds[int(chance("kind", name) * len(kinds))],
            "imageUrl": "",
        },
        "position": peak + int(draw * 30),
        "peakPosition": peak,
        "entryDate": f"{entered}T00:00:00+00:00",
        "exitDate": f"{entered + 9}T00:00:00+00:00" if draw < 0.3 else None,
        "positionDate": f"{entered + 8}T00:00:00+00:00",
        "peakPositionDate": f"{entered + 2}T00:00:00+00:00",
        "song": song,
    }


def _chart_entry(platform: str, code: str, song: dict, draw: float) -> dict:
    entered, days = END - 20 - int(draw * 200), 3 + int(draw * 15)
    current = draw > 0.7
    position = 1 + int(draw * 100)
    return {
        "chart": {
            "name": f"Top 100 {COUNTRIES[code][0]}",
            "type": "song",
            "slug": f"top-100-{platform}-{code.lower()}",
            "platform": platform,
            "frequency": "daily",
            "countryCode": code,
            "countryName": COUNTRIES[code][0],
            "cityName": "",
            "maxResultsCount": 100,
            "webUrl": "",
        },
        "position": position if current else 0,
        "oldPosition": position + 4,
        "positionEvolution": 4 if current else 0,
        "peakPosition": max(position - 3, 1),
        "entryState": "",
        "entryDate": f"{entered}T12:00:00+00:00",
        "rankDate": f"{END if current else entered + days}T12:00:00+00:00",
        "timeOnChart": days,
        "timeOnChartUnit": "DOC",
        "current": current,
        "song": song,
    }


def _country(code: str) -> dict:
    return {"countryName": COUNTRIES[code][0], "countryCode": code}


@lru_cache(maxsize=20_000)
def _stamp(day: date, paris: bool) -> str:
    """Midnight of a day as the source writes it; the UTC form slips by an hour on the change of October."""
    spring, autumn = (_last_sunday(day.year, month) for month in (3, 10))
    if paris:
        return f"{day}T00:00:00{'+02:00' if spring < day <= autumn else '+01:00'}"
    return f"{day}T0{int(day == autumn)}:00:00+00:00"


def _last_sunday(year: int, month: int) -> date:
    last = date(year, month, 31)
    return last - timedelta((last.weekday() + 1) % 7)
