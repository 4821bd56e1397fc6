"""A day of MooVitamix: every page of its three routes, of one universe or not at all.

The service builds its lists anew at every start and reuses ids for other things, so pages from before and after a
restart must never meet. An extraction is gathered under `.partial/<day>/` and becomes `<day>/` in one rename, once

- every route gave as many different rows as its `total` says, the same total on every page;
- the first page of every route, asked again at the end, is what it was at the beginning;
- users and tracks that were listened to are among those of the extraction: all but ORPHANS at most, since a sound
  universe has none, and no page of the history is foreign as a whole.

Otherwise it goes to `.torn/<day>__<n>/` and the day is extracted again.
"""

import asyncio
import contextlib
from datetime import date
from pathlib import Path
from typing import Any

from crescendo.errors import CrescendoError
from crescendo.http.answers import RequestError
from crescendo.http.client import Client, Tally
from crescendo.http.landing import Landing
from crescendo.sources.moovitamix.shapes import SOURCE
from crescendo.warehouse import text

URL = "http://127.0.0.1:8000"
ROUTES = SOURCE.endpoints
EXTRACTIONS = 3
ORPHANS = 0.05
MAX_PAGES = 1_000_000

Page = dict[str, Any]


class _Torn(Exception):  # noqa: N818 it is a finding
    pass


async def fetch(client: Client, to: Path, day: date) -> Tally:
    """Land a day as `<to>/<day>/`; the client's landing is set here.

    Raises:
        CrescendoError: the service is not there, or changed during each of EXTRACTIONS extractions.
    """
    partial = to / ".partial" / str(day)
    async with client:
        await _probe(client)
        for _ in range(EXTRACTIONS):
            client.landing = Landing(partial)
            try:
                await _extract(client, day)
            except _Torn as torn:
                number = len(list(to.glob(f".torn/{day}__*"))) + 1
                aside = to / ".torn" / f"{day}__{number}"
                aside.parent.mkdir(exist_ok=True)
                partial.rename(aside)
                client.tally.note("torn extraction, begun again", f"{torn}; see {aside}")
                continue
            partial.rename(to / str(day))
            with contextlib.suppress(OSError):  # another day may be under way in it
                partial.parent.rmdir()
            return client.tally
    raise CrescendoError(
        f"the service changed during each of {EXTRACTIONS} extractions (see {to / '.torn'}): is it restarting? "
        "Try again when it is stable"
    )


async def _probe(client: Client) -> None:
    """The service has no route for its health, so one row is asked for before anything is begun."""
    try:
        await client.answer("probe", ROUTES["tracks"].path, {"page": 1, "size": 1}, landing=False)
    except RequestError as error:
        raise CrescendoError(f"{client.origin} is not healthy ({error}): start it, or name it by --url") from None


async def _extract(client: Client, day: date) -> None:
    """Read all routes and judge what was read. Raises _Torn."""
    async with asyncio.TaskGroup() as group:
        tasks = {route: group.create_task(_route(client, route, day)) for route in ROUTES}
    pages = {route: task.result() for route, task in tasks.items()}
    for route, endpoint in ROUTES.items():
        [key] = endpoint.key
        rows = [row for page in pages[route] for row in page["items"]]
        # a row without an id is one of its own
        count = len({row[key] for row in rows} - {None}) + sum(row[key] is None for row in rows)
        totals = {page["total"] for page in pages[route]}
        if totals not in ({count}, {None}):
            raise _Torn(f"{route}: {count} different rows of {sorted(totals, key=str)}")
        again = await client.answer(f"{route} again", *_asking(route, 1), landing=False)
        if again != pages[route][0]:
            raise _Torn(f"{route}: the first page is another one now")
    _judge_references(pages)


def _judge_references(pages: dict[str, list[Page]]) -> None:
    tracks, users = ({row["id"] for page in pages[route] for row in page["items"]} for route in ("tracks", "users"))
    orphans = count = 0
    for number, page in enumerate(pages["listen_history"], 1):
        unknown = [row["user_id"] not in users for row in page["items"] if row["user_id"] is not None]
        if unknown and sum(unknown) > len(unknown) / 2:
            raise _Torn(f"listen_history: page {number} is of unknown users")
        heard = [track for row in page["items"] for track in row["items"] or ()]
        orphans += sum(unknown) + sum(track not in tracks for track in heard)
        count += len(unknown) + len(heard)
    if orphans > ORPHANS * count:
        raise _Torn(f"listen_history: {orphans} of {count} users and tracks are unknown")


async def _route(client: Client, route: str, day: date) -> list[Page]:
    """Every page of a route; its own count of pages tells the end, an empty page at the latest."""
    pages: list[Page] = []
    for number in range(1, MAX_PAGES):
        facts = {"document": route, "load_date": str(day), "page": number}
        page = await client.answer(f"{route}__p{number:04d}", *_asking(route, number), facts)
        if page is None or not isinstance(page.get("items"), list):
            raise CrescendoError(f"{client.origin}/{route} is not what MooVitamix answers: check --url")
        pages.append(page)
        rows = sum(len(page["items"]) for page in pages)
        if not page["items"] or (page["total"] is not None and rows >= page["total"]):
            break
    return pages


def as_parquet(landed: Path, to: Path) -> None:
    """The rows of a landed day, one Parquet file a route: `<to>/<route>/load_date=<day>/rows.parquet`.

    `_page` and `_index` (both from 1) say where a row stood. A file that is there is left as it is.
    """
    import duckdb

    for route in ROUTES:
        place = to / route / f"load_date={landed.name}" / "rows.parquet"
        pages = [str(path) for path in sorted(landed.glob(f"{route}__p????.json"))]
        if place.exists() or not pages:
            continue
        place.parent.mkdir(parents=True, exist_ok=True)
        half = place.with_suffix(".tmp")
        with duckdb.connect() as connection:
            connection.execute(
                "create temp table pages as select page, items from read_json(?, sample_size = -1)", [pages]
            )
            rows = """
                select page as _page, generate_subscripts(items, 1) as _index, unnest(items, max_depth := 2)
                from pages order by _page, _index"""
            connection.execute(f"copy ({rows}) to {text(str(half))} (format parquet)")
        half.rename(place)


def _asking(route: str, number: int) -> tuple[str, dict[str, int]]:
    return ROUTES[route].path, {"page": number, "size": ROUTES[route].limit}
