"""A simulator of TMDb over the films of `crescendo sample`: its paths, shapes, limits and errors."""

import gzip
import json
from collections.abc import Callable
from datetime import date
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import Response

from crescendo.http.server import Disturbed, Faults
from crescendo.sources.tmdb.shapes import LAST_PAGE, SOURCE
from crescendo.sources.tmdb.world import Films, countries, genre_list, languages

ENDPOINTS = SOURCE.endpoints
Answer = Callable[[Request], Any]
TOKEN = "simulated-read-access-token"  # noqa: S105 of nobody
# what each error is called by TMDb's own numbers
ERRORS = {
    401: (7, "Invalid API key: You must be granted a valid key."),
    404: (34, "The resource you requested could not be found."),
}
PAGE_ERROR = (22, "Invalid page: Pages start at 1 and max at 500. They are expected to be an integer.")
CODES = {429: 25, 500: 11, 502: 43, 503: 9, 504: 24}
WEB_PAGE = "<html><body>Just a moment ...</body></html>"


def envelope(status: int, message: str) -> bytes:
    """An error as TMDb writes it."""
    return json.dumps({"success": False, "status_code": CODES.get(status, status), "status_message": message}).encode()


def application(films: Films, day: date, faults: Faults | None = None, token: str = TOKEN) -> Disturbed:
    """The API and its exports on one day as an ASGI application.

    `faults` are those of a network, 404 of films, a spent quota, and `html`: a web page in place of JSON.
    """
    faults = faults or Faults()
    faults.no_data = r"/movie/\d+$"
    app = FastAPI(title="TMDb, simulated")
    for name, answer in _answers(films, day).items():
        app.add_api_route(ENDPOINTS[name].path, _guarded(answer, faults, token), response_class=Response)

    @app.get(ENDPOINTS["movie-ids"].path)
    async def export(id: str) -> Response:  # noqa: A002 the name in the path
        if id != f"{day:%m_%d_%Y}":
            return _refusal(404, ERRORS[404])
        lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in films.exported(day))
        return Response(gzip.compress(lines.encode(), mtime=0), media_type="application/gzip")

    return Disturbed(app, faults, envelope)


def _guarded(answer: Answer, faults: Faults, token: str) -> Callable:
    """A handler that wants the token, and sends a web page at times if the fault `html` is on."""

    async def handler(request: Request) -> Response:
        if request.headers.get("authorization") != f"Bearer {token}":
            return _refusal(401, ERRORS[401])
        first = faults.asked[f"{request.url.path}?{request.url.query}"] <= 1
        if faults.disturbs("html", request.url.path, first):
            return Response(WEB_PAGE, media_type="text/html")
        found = answer(request)
        if isinstance(found, Response):
            return found
        return Response(json.dumps(found, ensure_ascii=False), media_type="application/json")

    return handler


def _answers(films: Films, day: date) -> dict[str, Answer]:
    """What each endpoint answers, by its document."""

    def discover(request: Request) -> Any:
        said = request.query_params.get("page", "1")
        if not said.isdecimal() or not 1 <= int(said) <= LAST_PAGE:
            return _refusal(400, PAGE_ERROR)
        since, until = (request.query_params.get(f"primary_release_date.{end}") for end in ("gte", "lte"))
        return films.page(day, int(said), since or "", until or "9999")

    def movie(request: Request) -> Any:
        number = int(request.path_params["id"]) if request.path_params["id"].isdecimal() else 0
        return films.details(number, day) if films.exists(number, day) else _refusal(404, ERRORS[404])

    images = {"base_url": "http://127.0.0.1/", "secure_base_url": "https://127.0.0.1/", "poster_sizes": ["w92"]}
    return {
        "genre-list": lambda _: genre_list(),
        "movie-list": discover,
        "movie": movie,
        "countries": lambda _: countries(),
        "languages": lambda _: languages(),
        "configuration": lambda _: {"images": images, "change_keys": ["budget"]},
    }


def _refusal(status: int, error: tuple[int, str]) -> Response:
    said = {"success": False, "status_code": error[0], "status_message": error[1]}
    return Response(json.dumps(said), status, media_type="application/json")
