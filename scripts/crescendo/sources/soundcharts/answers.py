"""What all simulated answers share: who is known, the window asked for, and a page of a listing."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import numpy as np
from fastapi import Request

from crescendo.http.server import Faults, chance
from crescendo.sources.soundcharts.catalogue import Catalogue, Series
from crescendo.sources.soundcharts.shapes import ENDPOINTS
from crescendo.sources.soundcharts.world import END

DEFAULT_DAYS = 30


class Refusal(Exception):  # noqa: N818 it is an answer
    """An answer with another status than 200."""

    def __init__(self, status: int, message: str) -> None:
        self.status, self.message = status, message


class Answers:
    """Makes answers from a catalogue, in the new shapes, the old ones, or both."""

    def __init__(self, catalogue: Catalogue, faults: Faults, shapes: str) -> None:
        self.catalogue, self.faults, self.shapes = catalogue, faults, shapes

    def _old(self, request: Request, uuid: str, below: int = 0) -> bool:
        """Whether an entity is served in the old shape, as paths of a version v2.x below `below` always are."""
        number = request.path_params["version"].partition(".")[2]
        if self.shapes == "old" or int(number if number.isdigit() else 0) < below:
            return True
        return self.shapes == "mixed" and chance(self.catalogue.world.seed, "old", uuid) < 0.5

    def _known(self, request: Request, among: dict) -> str:
        uuid = request.path_params["id"]
        if uuid not in among:
            raise Refusal(404, "Not found")
        return uuid

    def _light(self, uuid: str) -> dict:
        if uuid in self.catalogue.artists:
            name = self.catalogue.artists[uuid].name
            image = f"https://assets.soundworld.example/artist/{uuid}.jpg"
            return {"uuid": uuid, "slug": slugged(name), "name": name, "imageUrl": image}
        record = self.catalogue.songs[uuid]
        return {"uuid": uuid, "name": record.title, "creditName": record.artist}

    def _released(self, song: str) -> str | None:
        sent = self.catalogue.songs[song].release_date
        return sent if sent and sent[0] != "0" else None

    def _of_artist(self, uuid: str, platform: str) -> dict:
        return {"artist": self._light(uuid), "platform": platform, "lastCrawlDate": f"{END}T02:07:10+00:00"}

    def _artist_series(self, request: Request, what: str) -> tuple[str, str, Series]:
        uuid, platform = self._known(request, self.catalogue.artists), request.path_params["platform"]
        series = self.catalogue.series(what, uuid, new_code(platform))
        if series is None:
            raise Refusal(404, "No data for this platform")
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
            raise Refusal(400, f"limit must be between 1 and {most}")
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
        raise Refusal(400, "Dates must be YYYY-MM-DD") from None


def _whole(request: Request, name: str, default: int) -> int:
    try:
        return int(request.query_params.get(name, default))
    except ValueError:
        raise Refusal(400, f"{name} must be an integer") from None


def new_code(platform: str) -> str:
    """The code of a platform since the source renamed one."""
    return "x" if platform == "twitter" else platform


def slugged(name: str) -> str:
    """A name as in addresses."""
    return "-".join("".join(c if c.isalnum() else " " for c in name.casefold()).split())
