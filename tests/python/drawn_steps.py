"""What people do to landed files, and what happens to them: steps of a drawn world, in files of any kind."""

import csv
import gzip
import json
import random
import shutil
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from fnmatch import fnmatch
from pathlib import Path

from crescendo.http.server import chance
from crescendo.sources.moovitamix.simulate import ROUTES
from crescendo.sources.soundcharts.world import END
from reports import NESTED, POPULARITY, STREAMS, csv_text, json_lines

# a step or a world, as JSON has it
Drawn = dict


@dataclass
class Landed:
    """A landing on disk. `damaged`: path within it -> how; `said`: what the fetches complained about."""

    folder: Path
    damaged: dict[str, str] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)

    def files(self) -> list[Path]:
        """Every file that a load reads."""
        found = (path for path in sorted(self.folder.rglob("*")) if path.is_file())
        return [path for path in found if not _is_aside(path.relative_to(self.folder))]

    def name(self, path: Path) -> str:
        """The path within the landing."""
        return path.relative_to(self.folder).as_posix()


def _is_aside(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts) or path.name.endswith(".request.json")


def request_of(path: Path) -> Path:
    """Where a page's request is, if it has one."""
    return path.with_name(path.name.split(".")[0] + ".request.json")


def read_report(path: Path) -> list[dict]:
    """The whole records of a report, whatever its form; nested columns as Python values if they are JSON."""
    text = read_bytes(path).decode("utf-8", "replace").lstrip("\ufeff")
    if text[:1] == "[":
        return json.loads(text)
    if text[:1] == "{":
        return [json.loads(line) for line in text.splitlines() if line.strip()]
    rows = csv.reader(text.splitlines(keepends=True))
    header = [name.split("\t")[-1] for name in next(rows)]
    records = [dict(zip(header, row, strict=True)) for row in rows if len(row) == len(header)]
    for record in records:
        record["song_id"] = record["song_id"].split("\t")[-1]
        record |= {name: _nested(record[name]) for name in NESTED}
    return records


def _nested(text: str) -> list | dict:
    try:
        return json.loads(text)
    except ValueError:
        return []


def read_bytes(path: Path) -> bytes:
    """What a file holds, unpacked."""
    raw = path.read_bytes()
    return gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw


def is_report(path: Path) -> bool:
    """Whether a file is a partner's report; what it holds tells."""
    return any(key in read_bytes(path)[:300] for key in (b"song_id,title,artist", b'"song_id"'))


def keep_records(path: Path, places: Iterable[int]) -> None:
    """Leave only some records of a report or lines of a chart, only some items of a page."""
    if is_report(path):
        records = read_report(path)
        path.write_text(csv_text([records[place] for place in places]), encoding="utf-8")
    elif path.suffix == ".csv":
        head, *lines = read_bytes(path).decode().splitlines(keepends=True)
        path.write_text(head + "".join(lines[place] for place in places), encoding="utf-8")
    else:
        body = json.loads(read_bytes(path))
        path.write_text(json.dumps(body | {"items": [body["items"][place] for place in places]}))


def records_in(path: Path) -> int:
    """How many records `keep_records` could leave; 0 if the file is not of the kind."""
    try:
        if is_report(path):
            return len(read_report(path))
        if path.suffix == ".csv":
            return len(path.read_text(encoding="utf-8").splitlines()) - 1
        return len(json.loads(read_bytes(path))["items"])
    except (ValueError, KeyError, TypeError, EOFError, OSError):
        return 0


def _chosen(step: Drawn, landed: Landed, fits: Callable[[Path], bool] = lambda path: True) -> list[Path]:
    """The files that a step is about: which they are depends on each file alone."""
    found = (path for path in landed.files() if fits(path) and fnmatch(landed.name(path), step.get("of", "*")))
    return [path for path in found if chance(step["n"], landed.name(path)) < step["share"]]


def remove(path: Path) -> None:
    """Remove a file and its request."""
    path.unlink()
    request_of(path).unlink(missing_ok=True)


def _move(path: Path, to: Path, how: Callable = shutil.move) -> None:
    """Move or copy a file and its request."""
    to.parent.mkdir(parents=True, exist_ok=True)
    if request_of(path).is_file():
        how(request_of(path), request_of(to))
    how(path, to)


def _is_page(path: Path) -> bool:
    return path.suffix == ".json"


def _of_listening(path: Path) -> bool:
    return path.name.startswith(tuple(ROUTES))


def _drop(step: Drawn, landed: Landed) -> None:
    for path in _chosen(step, landed):
        remove(path)


def _forget_request(step: Drawn, landed: Landed) -> None:
    for path in _chosen(step, landed, _is_page):
        request_of(path).unlink(missing_ok=True)


def _rename(step: Drawn, landed: Landed) -> None:
    for number, path in enumerate(_chosen(step, landed)):
        _move(path, path.with_name(f"kept ({number}) {step['n']}{path.suffix}"))


def _body_only(step: Drawn, landed: Landed) -> None:
    """As people keep a recorded answer: under a name of theirs, and not what was asked."""
    for number, path in enumerate(_chosen(step, landed, _is_page)):
        to = path.with_name(f"answer-{step['n']}-{number}.json")
        path.rename(to)
        request_of(path).unlink(missing_ok=True)
        landed.damaged[landed.name(to)] = "body only"


def _gzip(step: Drawn, landed: Landed) -> None:
    for path in _chosen(step, landed):
        if path.suffix != ".gz":
            path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes(), mtime=0))
            path.unlink()


def _pad(step: Drawn, landed: Landed) -> None:
    for path in _chosen(step, landed):
        if path.suffix != ".gz":
            half = len(path.read_bytes()) // 2
            members = [gzip.compress(part, mtime=0) for part in (path.read_bytes()[:half], path.read_bytes()[half:])]
            path.with_name(f"{path.name}.gz").write_bytes(b"".join(members) + bytes(8))
            path.unlink()


def _resend(step: Drawn, landed: Landed) -> None:
    for path in _chosen(step, landed):
        again = path.parent / "again" / path.parent.name / path.name
        _move(path, again, shutil.copy)
        if landed.name(path) in landed.damaged:
            landed.damaged[landed.name(again)] = landed.damaged[landed.name(path)]


def _join(step: Drawn, landed: Landed) -> None:
    """Pages of a listening route in one file, as a capture keeps them; the folder tells the day."""
    pages: dict[Path, list[Path]] = {}
    for path in landed.files():
        if _is_page(path) and _of_listening(path) and request_of(path).is_file():
            pages.setdefault(path.with_name(path.name.split("__")[0] + ".pages.jsonl"), []).append(path)
    for to, parts in pages.items():
        to.write_bytes(b"".join(part.read_bytes() + b"\n" for part in parts))
        for part in parts:
            remove(part)


def _split(step: Drawn, landed: Landed) -> None:
    for path in [path for path in landed.files() if is_report(path)]:
        records = read_report(path)
        for number in range(3):
            text = csv_text(records[number::3], numbered=bool(number), end="\r\n" if number == 2 else "\n")
            path.with_name(f"part-{number}-{path.stem}.csv").write_bytes(text.encode())
        path.unlink()


def _as_json(step: Drawn, landed: Landed) -> None:
    for path in [path for path in landed.files() if is_report(path)]:
        records = read_report(path)
        array = step["n"] % 2
        text = json.dumps(records) if array else json_lines(records)
        path.with_suffix(".json" if array else ".jsonl").write_text(text, encoding="utf-8")
        path.unlink()


def _older(step: Drawn, landed: Landed) -> None:
    """The report of some days before, whose counts may be on another scale."""
    last = str(END.item() - timedelta(step["days"]))
    for path in [path for path in landed.files() if is_report(path)]:
        records = read_report(path)
        for record in records:
            points = [point for point in record["timeSeries"] if point["date"][:10] <= last]
            scaled = [{STREAMS: int(point[STREAMS] * step["scale"])} if STREAMS in point else {} for point in points]
            record["timeSeries"] = [point | more for point, more in zip(points, scaled, strict=True)]
        path.with_name(f"older-{path.stem}.csv").write_bytes(csv_text(records).encode())


def _warp(step: Drawn, landed: Landed) -> None:
    """Counters as platforms break them, in every third song of a report."""
    draw = random.Random(step["n"])
    for path in [path for path in landed.files() if is_report(path)]:
        records = read_report(path)
        for record in records[step["n"] % 3 :: 3]:
            if record["timeSeries"]:
                WARPS[step["how"]](record["timeSeries"], draw)
        path.unlink()
        path.with_name(f"{path.stem}.csv").write_bytes(csv_text(records).encode())


def _some_days(points: Sequence[dict], draw: random.Random, most: int) -> Sequence[dict]:
    start = draw.randrange(len(points))
    return [point for point in points[start : start + draw.randint(1, most)] if STREAMS in point]


def _scaled(least: float, largest: float, most: int) -> Callable:
    def warp(points: list[dict], draw: random.Random) -> None:
        factor = draw.uniform(least, largest)
        for point in _some_days(points, draw, most):
            point[STREAMS] = int(point[STREAMS] * factor)

    return warp


def _falls(points: list[dict], draw: random.Random) -> None:
    factor = draw.choice([0.2, 0.7, 0.995])
    for point in points[draw.randrange(len(points)) :]:
        point |= {STREAMS: int(point[STREAMS] * factor)} if STREAMS in point else {}


def _no_popularity(points: list[dict], draw: random.Random) -> None:
    for point in _some_days(points, draw, 12):
        point |= {POPULARITY: 0}


def _late(points: list[dict], draw: random.Random) -> None:
    points[-1]["date"] = f"{draw.choice([2025, 2042])}-06-24T00:00:00+00:00"


def _twice(points: list[dict], draw: random.Random) -> None:
    point = draw.choice(points)
    points.append(point | ({STREAMS: point[STREAMS] + 7} if STREAMS in point else {}))


WARPS = {
    "dip": _scaled(0, 0.9, 10),
    "leap": _scaled(1.1, 3, 10),
    "zero": _scaled(0, 0, 12),
    "fall": _falls,
    "no popularity": _no_popularity,
    "late": _late,
    "twice": _twice,
}


def _respell(step: Drawn, landed: Landed) -> None:
    """Credits as another keyboard writes them: decomposed, or with a space that does not break."""
    for path in [path for path in landed.files() if is_report(path)]:
        records = read_report(path)
        for record in records[step["n"] % 2 :: 2]:
            record["artist"] = unicodedata.normalize("NFD", record["artist"]).replace(" ", "\u00a0")
        path.unlink()
        path.with_name(f"{path.stem}.csv").write_bytes(csv_text(records).encode())


def _change_pages(step: Drawn, landed: Landed, of: str, change: Callable[[dict], None]) -> None:
    for path in _chosen(step, landed, lambda path: _is_page(path) and path.name.startswith(of)):
        body = json.loads(path.read_bytes())
        change(body)
        path.write_text(json.dumps(body), encoding="utf-8")


def _share_code(step: Drawn, landed: Landed) -> None:
    """Pages of songs that carry one recording code, rightly or wrongly."""
    _change_pages(step, landed, "song__", lambda body: body["object"].update(isrc={"value": "FRXXX2400001"}))


def _relink(step: Drawn, landed: Landed) -> None:
    """A second upload is linked to a song: from some day on its pages show an identifier more."""

    def link(body: dict) -> None:
        days = sorted(body["items"], key=lambda item: item["date"])
        for number, item in enumerate(days[len(days) // 2 :]):
            if item.get("plots"):
                item["plots"].append({"identifier": "second-upload", "value": 5_000_000 + 2000 * number})

    _change_pages(step, landed, "song-audience__", link)


def _damage(step: Drawn, landed: Landed) -> None:
    files = landed.files()
    if not files:
        return
    path = files[step["n"] % len(files)]
    path.write_bytes(DAMAGES[step["how"]](path.read_bytes(), random.Random(step["n"])))
    landed.damaged[landed.name(path)] = step["how"]


def _inserted(what: bytes) -> Callable:
    def damage(raw: bytes, draw: random.Random) -> bytes:
        at = draw.randrange(len(raw) + 1)
        return raw[:at] + what + raw[at:]

    return damage


DAMAGES = {
    "cut": lambda raw, draw: raw[: draw.randrange(len(raw) + 1)],
    "empty": lambda raw, draw: b"",
    "web page": lambda raw, draw: b"<html><body>502 Bad gateway</body></html>",
    "not UTF-8": _inserted(b"\xff\xfe"),
    "NUL": _inserted(b"\x00"),
    "quote": _inserted(b'"'),
    "brace": _inserted(b"}"),
    "CR": lambda raw, draw: raw.replace(b"\n", b"\r"),
    "list for an object": lambda raw, draw: raw.replace(b'"related": {', b'"related": [], "x": {').replace(
        b"}}", b"[]}"
    ),
    "null": lambda raw, draw: raw.replace(b'"items": [', b'"items": null, "x": ['),
    "NaN": lambda raw, draw: raw.replace(b": 1", b": NaN", 3),
    "text for a number": lambda raw, draw: raw.replace(b": 1", b': "many", "x": 1', 3),
    "huge": lambda raw, draw: raw.replace(b": 1", b": 9e400", 2).replace(b": 2", b": 99999999999999999999", 2),
    "minus": lambda raw, draw: raw.replace(b": 1", b": -1", 3),
}

STEPS = {
    "drop": _drop,
    "forget request": _forget_request,
    "rename": _rename,
    "body only": _body_only,
    "gzip": _gzip,
    "pad": _pad,
    "resend": _resend,
    "join": _join,
    "split": _split,
    "as json": _as_json,
    "older": _older,
    "warp": _warp,
    "respell": _respell,
    "share code": _share_code,
    "relink": _relink,
    "damage": _damage,
}
