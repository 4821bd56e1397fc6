"""Days of films for a landing folder that has none: lists each day, details each week, exports and reference lists."""

import gzip
import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from crescendo.errors import CrescendoError
from crescendo.files import write_atomically
from crescendo.sources.tmdb.world import DELETED, END, GAP, ODD, Films, countries, genre_list, languages

LIST_PAGES = 5
# days between two askings for the details of all films
DETAILS_EVERY = 7


def land_films(to: Path, days: int = 28, seed: int = 7) -> int:
    """Write the last days up to END into a folder; returns the number of files.

    The same numbers give the same files, byte for byte. Raises CrescendoError if one is there with other content, or
    if the folder cannot be written.
    """
    count = 0
    try:
        for name, content in _files(Films(seed), days):
            path = to / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.exists() and path.read_bytes() != content:
                raise CrescendoError(f"{path} has other content: remove it or choose another folder with --to")
            write_atomically(path, content)
            count += 1
    except OSError as error:
        raise CrescendoError(f"cannot write {to}: {error.strerror}; choose another folder with --to") from error
    return count


def _files(films: Films, days: int) -> Iterator[tuple[str, bytes]]:
    """Every file with its content, by day; on the day GAP nobody asked."""
    for day in (END - timedelta(back) for back in reversed(range(days))):
        if day == GAP:
            continue
        for page in range(1, LIST_PAGES + 1):
            name = f"{day}/movie-list__discover__p{page:04d}"
            asked = {"document": "movie-list", "list": "discover", "load_date": str(day), "page": page}
            yield f"{name}.request.json", _json(asked)
            yield f"{name}.json", _json(films.page(day, page))
        exported = b"".join(_json(row) + b"\n" for row in films.exported(day))
        yield f"{day}/movie_ids_{day:%m_%d_%Y}.json.gz", gzip.compress(exported, mtime=0)
        if (END - day).days % DETAILS_EVERY == 0:
            found = [films.details(number, day) for number in films.films if films.exists(number, day)]
            yield f"{day}/movies-{day}.jsonl", b"".join(_json(film) + b"\n" for film in found)
        if day == DELETED:
            yield f"{day}/movie-absences__{day}.jsonl", _json(absence(ODD["deleted"], day)) + b"\n"
    yield "genre-list.json", _json(genre_list())
    yield "countries.json", _json(countries())
    yield "languages.json", _json(languages())


def absence(number: int, day: date) -> dict[str, Any]:
    """What is noted of a film that was asked for and is not there."""
    return {"movie_id": number, "gone_date": str(day), "answer": "The resource you requested could not be found."}


def _json(content: object) -> bytes:
    return json.dumps(content, ensure_ascii=False).encode()
