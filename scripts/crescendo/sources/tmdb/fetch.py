"""A day of TMDb: pages of discover, the details of every film on them, reference lists and the export of all ids.

The API serves what is true now, so a day that is missed stays missing; of an earlier day only the export can be had.
A film that was landed on the day before is asked for too: one that is not there any more is noted, and fails nothing.
Pages move while they are read, so a film may be on two of them; one that moved the other way is missed.
"""

import asyncio
import json
from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from crescendo.errors import CrescendoError
from crescendo.files import write_atomically
from crescendo.http.answers import RequestError
from crescendo.http.client import Client, Tally
from crescendo.http.credentials import Access
from crescendo.http.landing import Landing
from crescendo.sources.tmdb.shapes import LAST_PAGE, SOURCE

URL, EXPORTS_URL = "https://api.themoviedb.org", "https://files.tmdb.org"
TOKEN = ("TMDB_TOKEN",)
# instead of one
TRIAL = "try `crescendo simulate tmdb`, which says the token that it takes and where: fetch from there with --url"
ENDPOINTS = SOURCE.endpoints
REFERENCES = ("genre-list", "countries", "languages", "configuration")
# days of release between which a list that is too long is cut
OLDEST, NEWEST = date(1870, 1, 1), date(2099, 12, 31)
GONE = "The resource you requested could not be found."


def access(token: str) -> Access:
    """How a client says who asks: a token for reading, in a header."""
    return Access({"authorization": f"Bearer {token}"})


async def fetch(client: Client, to: Path, day: date, pages: int) -> Tally:
    """Land a day as `<to>/<day>/`: so many pages of discover and what they lead to. Landed answers are not asked again.

    Raises CrescendoError if nothing more can be asked; a request that fails for good is counted, and the rest goes on.
    """
    client.landing = Landing(to / str(day))
    async with client:
        for name in REFERENCES:
            await _kept(client, name, ENDPOINTS[name].path, {}, {"document": name, "load_date": str(day)})
        listed = await (_cut(client, day, pages) if pages > LAST_PAGE else _list(client, day, pages))
        for film, count in Counter(listed).items():
            if count > 1:
                client.tally.note("film on two pages", str(film))
        films = list(dict.fromkeys([*listed, *_known(to, day)]))
        async with asyncio.TaskGroup() as group:
            asked = {film: group.create_task(_details(client, film, day)) for film in films}
        gone = [film for film, task in asked.items() if task.result() is False]
        _note_absences(client.landing.folder, gone, day)
    return client.tally


async def fetch_export(client: Client, to: Path, day: date) -> Tally:
    """Land a day's export of all ids, as it came: gzipped lines."""
    client.landing = Landing(to / str(day))
    name = f"movie_ids_{day:%m_%d_%Y}"
    path = ENDPOINTS["movie-ids"].path.format(id=f"{day:%m_%d_%Y}")
    async with client:
        await _kept(client, name, path, {}, {"document": "movie-ids", "load_date": str(day)})
    return client.tally


async def _kept(client: Client, name: str, path: str, query: Mapping[str, Any], facts: Mapping[str, Any]) -> Any | None:
    """An answer; None if it is declared absent. Raises nothing for one that fails for good: it is counted."""
    try:
        return await client.answer(name, path, query, facts)
    except RequestError as error:
        client.tally.failed.append(str(error))
        return None


async def _details(client: Client, film: int, day: date) -> bool | None:
    """Ask for a film. False if it is not there any more, None if that is not known."""
    endpoint = ENDPOINTS["movie"]
    facts = {"document": "movie", "load_date": str(day)}
    failed = len(client.tally.failed)
    found = await _kept(client, f"movie__{film}", endpoint.path.format(id=film), _query(endpoint.query), facts)
    return True if found is not None else None if len(client.tally.failed) > failed else False


async def _page(client: Client, day: date, number: int, since: date | None, until: date | None) -> dict[str, Any]:
    """A page of discover, of all films or of those released in some days; an empty one if it failed for good."""
    endpoint = ENDPOINTS["movie-list"]
    query = _query(endpoint.query) | {"page": number}
    label = "discover"
    if since and until:
        query |= {"primary_release_date.gte": since, "primary_release_date.lte": until}
        label = f"discover-{since:%Y%m%d}-{until:%Y%m%d}"
    facts = {"document": "movie-list", "list": "discover", "load_date": str(day), "page": number}
    page = await _kept(client, f"movie-list__{label}__p{number:04d}", endpoint.path, query, facts)
    if page is not None and not isinstance(page.get("results"), list):
        raise CrescendoError(f"{client.origin} answers no lists of films: check --url")
    return page or {"results": [], "total_pages": 0}


async def _list(
    client: Client, day: date, most: int, since: date | None = None, until: date | None = None
) -> list[int]:
    """The films on the first pages of a list, as many as it has, in order."""
    pages = [await _page(client, day, 1, since, until)]
    last = min(most, int(pages[0].get("total_pages") or 0), LAST_PAGE)
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(_page(client, day, number, since, until)) for number in range(2, last + 1)]
    pages += [task.result() for task in tasks]
    return [row["id"] for page in pages for row in page["results"]]


async def _cut(client: Client, day: date, most: int, since: date = OLDEST, until: date = NEWEST) -> list[int]:
    """The films of more pages than a list serves: lists of days of release that are short enough, the newest first."""
    first = await _page(client, day, 1, since, until)
    total = int(first.get("total_pages") or 0)
    if total <= LAST_PAGE or since == until:
        return await _list(client, day, most, since, until)
    middle = since + (until - since) // 2
    newer = await _cut(client, day, most, middle + timedelta(1), until)
    left = most - -(-len(newer) // ENDPOINTS["movie-list"].limit)
    return newer + (await _cut(client, day, left, since, middle) if left > 0 else [])


def _known(to: Path, day: date) -> list[int]:
    """The films that were landed on the last day before."""
    before = sorted(folder for folder in to.glob("????-??-??") if folder.name < str(day))
    names = [path.name for path in before[-1].glob("movie__*.json")] if before else []
    return sorted(int(name.split("__")[1].split(".")[0]) for name in names if not name.endswith(".request.json"))


def _note_absences(folder: Path, gone: list[int], day: date) -> None:
    """A file of the films that are not there any more, for the loader, which reads no requests."""
    lines = [json.dumps({"movie_id": film, "gone_date": str(day), "answer": GONE}) + "\n" for film in gone]
    if lines:
        write_atomically(folder / f"movie-absences__{day}.jsonl", "".join(lines).encode())


def _query(text: str) -> dict[str, Any]:
    return dict(part.split("=", 1) for part in text.split("&"))
