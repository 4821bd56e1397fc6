"""A simulator of the Soundcharts API: its paths, shapes, limits and errors, over a made-up catalogue.

Which of its versions answers is told by the number in the path, as at the source. `shapes` says what the newest
paths answer: "new", "old", or "mixed", where every other artist, song and album is still served in the old shape.
"""

import base64
import json
import re
import secrets
import time
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs

from fastapi import Depends, FastAPI, Request
from fastapi.responses import Response

from crescendo.http.server import Disturbed, Faults
from crescendo.sources.soundcharts.answers import Refusal
from crescendo.sources.soundcharts.answers_catalogue import CatalogueAnswers
from crescendo.sources.soundcharts.answers_series import SeriesAnswers
from crescendo.sources.soundcharts.catalogue import Catalogue
from crescendo.sources.soundcharts.shapes import ENDPOINTS, OAUTH_PATH

NOT_IN_PLAN = "/retention$"
NO_DATA = "/(audience|popularity|streaming|playlist|charts|social)/"
SHAPES = ("new", "old", "mixed")


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
    app = FastAPI(title="Soundcharts, simulated", dependencies=[Depends(_gate(credentials, tokens))])

    @app.exception_handler(Refusal)
    def refused(_: Request, refusal: Refusal) -> Response:
        error = {"key": "argument", "code": refusal.status, "message": refusal.message}
        return _json({"errors": [error]}, refusal.status)

    @app.post(OAUTH_PATH)
    def token() -> Response:
        new = secrets.token_urlsafe(24)
        tokens[new] = time.monotonic() + token_seconds
        return _json({"access_token": new, "token_type": "Bearer", "expires_in": token_seconds})

    Routes(app, catalogue, faults, shapes)
    return Disturbed(app, faults)


def _gate(credentials: tuple[str, ...], tokens: dict[str, float]) -> Callable[[Request], Awaitable[None]]:
    """What lets a request in that shows the credentials, or one of the tokens that still last."""

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
            raise Refusal(401, "You are not logged in")

    return authorised


class Routes(CatalogueAnswers, SeriesAnswers):
    """Adds every path to an application. A handler takes the request's path parameters and gives what is sent."""

    def __init__(self, app: FastAPI, catalogue: Catalogue, faults: Faults, shapes: str) -> None:
        super().__init__(catalogue, faults, shapes)
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
