"""Landings drawn by chance, as people have them: made by the sample and the simulators, then worked on by hand.

A world is plain JSON, so it fits in a command line. The same world is the same landing, byte for byte but for times:

- `makes`: what is made or fetched, each in a folder of its own: `<number>-<kind>`;
- `steps`: what somebody then does to some of the files: drop, rename, gzip, split, join, resend, damage ...;
- `loads`: what is loaded, one command after another;
- `keep` and `records`, which only shrinking adds: the files that are left, and the records that are left in a file.
"""

import csv
import gzip
import json
import random
import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from fnmatch import fnmatch
from pathlib import Path

import landings
from crescendo.sample.report import write_report
from crescendo.sample.world import END, World
from crescendo.simulate import moovitamix, soundcharts
from crescendo.simulate.catalogue import Catalogue
from crescendo.simulate.server import DIRT, LISTING, Faults, chance, served
from reports import NESTED, POPULARITY, STREAMS, csv_text, json_lines

Drawn = dict
# several sources at once, one, or none; the pairs that share their songs are the most frequent
KINDS = (
    *[("report", "artists")] * 5,
    *[("listening",)] * 4,
    *[("report", "artists", "listening")] * 2,
    *[("report",)] * 2,
    *[("report", "report", "artists")] * 2,
    ("artists",),
    ("artists", "artists"),
    ("report", "charts"),
    ("charts", "listening"),
    ("report", "artists", "artists", "listening", "charts"),
    (),
)
# sleepless ones: what a network does is waited for in the tests of fetching
PASSING = ("429", "500", "503", "401")
ODD_NAMES = ("audience", "metrics", "main", "raw_soundcharts")


# --- drawing -----------------------------------------------------------------------------------------------------


def drawn(seed: int) -> Drawn:
    """The world of a seed."""
    draw = random.Random(f"world {seed}")
    kinds = draw.choice(KINDS)
    shared = _song_world(draw)
    makes = [_made(draw, kind, shared if draw.random() < 0.8 else _song_world(draw)) for kind in kinds]
    steps = [_step(draw) for _ in range(draw.choice([0, 0, 1, 1, 2, 3]))] if makes else []
    # whoever damages a file does it to the file as it is in the end
    steps.sort(key=lambda step: step["do"] == "damage")
    world = {"makes": makes, "steps": steps, "loads": _loads(draw, makes)}
    return world | ({"name": draw.choice(ODD_NAMES)} if draw.random() < 0.08 else {})


def _song_world(draw: random.Random) -> Drawn:
    songs = draw.choice([1, 2, 3, 5, 8, 12, 21, 22, 25, 30, 40])
    days = draw.choice([1, 2, 5, 13, 20, 30, 31, 40, 60, 61, 90, 120, 400])
    return {"songs": songs, "days": days, "seed": draw.randrange(40)}


def _made(draw: random.Random, kind: str, songs: Drawn) -> Drawn:
    match kind:
        case "report":
            return {"make": kind} | songs
        case "charts":
            return {"make": kind, "lists": draw.choice([1, 2]), "list_days": draw.choice([1, 3, 10])} | songs
        case "artists":
            drawn = {
                "artists": sorted(draw.sample(range(6), draw.choice([1, 1, 2, 3]))),
                "span": draw.choice([1, 7, 30, 40, 90]),
                "shapes": draw.choice(["new", "new", "old", "mixed"]),
                "platforms": draw.choice([[], [], ["spotify"], ["spotify", "youtube", "tiktok"]]),
                "faults": draw.choice([[], [], [draw.choice(PASSING)], [*LISTING], ["403", "404"]]),
            }
            return {"make": kind} | songs | drawn
        case _:
            return {"make": kind} | _listening(draw)


def _listening(draw: random.Random) -> Drawn:
    mode, seed = draw.choice(["faithful", "evolving"]), draw.randrange(40)
    day = moovitamix.EPOCH + timedelta(draw.randrange(4))
    extractions = []
    for _ in range(draw.choice([1, 2, 2, 3])):
        # a service that was started anew between two days is another universe
        seed += mode == "faithful" and draw.random() < 0.5
        extractions.append({"day": str(day), "seed": seed, "hour": draw.choice([24, 24, 12, 20])})
        day += timedelta(draw.choice([1, 1, 1, 2, 5]))
    dirt = draw.sample(DIRT, draw.choice([0, 0, 1, 4]))
    faults = draw.choice([[], [], ["duplicate-page"], ["restart"], [draw.choice(PASSING)]])
    return {"mode": mode, "extractions": extractions, "dirt": dirt, "faults": faults}


def _step(draw: random.Random) -> Drawn:
    do = draw.choice([*STEPS, "drop", "drop", "damage"])
    step = {"do": do, "n": draw.randrange(1000)}
    match do:
        case "drop":
            of = draw.choice(["*", "*", "*/song__*", "*/artist-*", "*identifiers*", "*/tracks__*", "*/listen_history*"])
            return step | {"of": of, "share": draw.choice([0.05, 0.3, 0.6, 1])}
        case "damage":
            return step | {"how": draw.choice([*DAMAGES])}
        case "warp":
            return step | {"how": draw.choice([*WARPS])}
        case "older":
            return step | {"days": draw.choice([1, 5, 20]), "scale": draw.choice([1, 1, 0.7, 0.999])}
        case _:
            return step | {"share": draw.choice([0.05, 0.3, 1])}


def _loads(draw: random.Random, makes: list[Drawn]) -> list[Drawn]:
    """Mostly all at once; else folder by folder, in any order, and then all again; with and without --source."""
    every, way = {"paths": ["."]}, draw.random()
    parts = [{"paths": [f"{number}-{make['make']}*"]} for number, make in enumerate(makes)]
    draw.shuffle(parts)
    if way < 0.6 or not parts:
        return [every]
    if way < 0.75:
        named = {
            "report": "soundcharts.report",
            "artists": "soundcharts",
            "listening": "moovitamix",
            "charts": "charts",
        }
        return [part | {"source": named[part["paths"][0].split("-")[1].strip("*")]} for part in parts]
    if way < 0.8:
        return [every | {"source": draw.choice(["moovitamix", "soundcharts", "soundcharts.report"])}, every]
    return [*parts, every] if way < 0.9 else parts


# --- making ------------------------------------------------------------------------------------------------------


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


def land(world: Drawn, folder: Path) -> Landed:
    """Make a world's landing in a folder."""
    folder.mkdir(parents=True)
    landed = Landed(folder)
    for number, make in enumerate(world["makes"]):
        MAKES[make["make"]](make, folder / f"{number}-{make['make']}", landed)
    for step in world["steps"]:
        STEPS[step["do"]](step, landed)
    if "keep" in world:
        for path in landed.files():
            if not any(fnmatch(landed.name(path), kept) for kept in world["keep"]):
                _remove(path)
    for name, places in world.get("records", {}).items():
        keep_records(folder / name, places)
    return landed


def _make_report(make: Drawn, folder: Path, landed: Landed) -> None:
    write_report(World(make["songs"], make["days"], make["seed"]), folder)


def _make_artists(make: Drawn, folder: Path, landed: Landed) -> None:
    catalogue = Catalogue(World(make["songs"], make["days"], make["seed"]))
    ranked = sorted(catalogue.songs_of, key=lambda uuid: (-len(catalogue.songs_of[uuid]), uuid))
    chosen = sorted({ranked[place % len(ranked)] for place in make["artists"]})
    words = [word for uuid in chosen for word in ("--artist", uuid)]
    words += [word for code in make["platforms"] for word in ("--platform", code)]
    words += ["--since", str(END.item() - timedelta(make["span"] - 1)), "--until", str(END), "--sandbox"]
    faults = Faults(frozenset(make["faults"]), make["seed"], rate=0.2)
    with served(soundcharts.application(catalogue, faults, make["shapes"])) as url:
        _fetched(landed, "soundcharts", url, folder, *words)
    for day in folder.glob("2*"):  # a run is called after the day on which it began
        day.rename(folder / str(END))


def _make_listening(make: Drawn, folder: Path, landed: Landed) -> None:
    for extraction in make["extractions"]:
        day = date.fromisoformat(extraction["day"])
        rows = {
            restarts: _service(make, extraction["seed"] + (make["mode"] == "faithful" and restarts), day, extraction)
            for restarts in (0, 1)
        }
        app = moovitamix.application(rows.get, Faults(frozenset(make["faults"]), extraction["seed"], rate=0.2))
        with served(app) as url:
            _fetched(landed, "moovitamix", url, folder, "--date", str(day))


def _service(make: Drawn, seed: int, day: date, extraction: Drawn) -> moovitamix.Rows:
    """What the service shows on a day at an hour: a universe that evolves is seen before the day is over."""
    if make["mode"] == "faithful":
        return moovitamix.plant(moovitamix.faithful(seed, day), seed, frozenset(make["dirt"]))
    universe, then = moovitamix.Evolving(seed), datetime.combine(day, time()) + timedelta(hours=extraction["hour"])
    before = universe.on(day - timedelta(1)) if day > moovitamix.EPOCH else {route: [] for route in moovitamix.ROUTES}
    rows = universe.on(day)
    seen = {
        route: [row for row in rows[route] if datetime.fromisoformat(row["created_at"]) <= then]
        for route in moovitamix.ROUTES
    }
    shown = {session["user_id"] for session in seen["listen_history"]}
    seen["listen_history"] += [session for session in before["listen_history"] if session["user_id"] not in shown]
    return moovitamix.plant(seen, seed, frozenset(make["dirt"]))


def _fetched(landed: Landed, *words: object) -> None:
    code, _, error = landings.fetch(*words, pace=("--backoff", "0.01", "--timeout", "20"))
    if code:
        landed.said.append(error.strip())


def _make_charts(make: Drawn, folder: Path, landed: Landed) -> None:
    folder.mkdir()
    records = list(World(make["songs"], make["days"], make["seed"]).records())
    for number in range(make["lists"]):
        draw = random.Random(f"{make['seed']} {number}")
        with (folder / f"list-{number}.csv").open("w", newline="", encoding="utf-8") as file:
            lines = csv.writer(file)
            lines.writerow(("date", "position", "song", "artist", "popularity", "duration_ms", "release_date"))
            for day in range(make["list_days"]):
                order = draw.sample(records, min(len(records), 10))
                for place, record in enumerate(order, start=1):
                    at = END.item() - timedelta(day)
                    shown = (record.title, record.artist, draw.randrange(101), 180_000, record.release_date[:10])
                    lines.writerow((at, place, *shown))


def _copy_folder(make: Drawn, folder: Path, landed: Landed) -> None:
    """A landing of somebody's own, to be checked and made smaller like any other: never drawn."""
    shutil.copytree(make["path"], folder)


MAKES = {"nothing": lambda make, folder, landed: None}  # what is left of one that a fault does not need
MAKES |= {
    "folder": _copy_folder,
    "report": _make_report,
    "artists": _make_artists,
    "listening": _make_listening,
    "charts": _make_charts,
}


# --- what people do to files -------------------------------------------------------------------------------------


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


def _remove(path: Path) -> None:
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
    return path.name.startswith(moovitamix.ROUTES)


def _drop(step: Drawn, landed: Landed) -> None:
    for path in _chosen(step, landed):
        _remove(path)


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
        _move(path, path.parent / "again" / path.parent.name / path.name, shutil.copy)


def _join(step: Drawn, landed: Landed) -> None:
    """Pages of a listening route in one file, as a capture keeps them; the folder tells the day."""
    pages: dict[Path, list[Path]] = {}
    for path in landed.files():
        if _is_page(path) and _of_listening(path) and request_of(path).is_file():
            pages.setdefault(path.with_name(path.name.split("__")[0] + ".pages.jsonl"), []).append(path)
    for to, parts in pages.items():
        to.write_bytes(b"".join(part.read_bytes() + b"\n" for part in parts))
        for part in parts:
            _remove(part)


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
    "damage": _damage,
}
