"""Landings drawn by chance, as people have them: made by the sample and the simulators, then worked on by hand.

A world is plain JSON, so it fits in a command line. The same world is the same landing, byte for byte but for times:

- `makes`: what is made or fetched, each in a folder of its own: `<number>-<kind>`;
- `steps`: what somebody then does to some of the files: drop, rename, gzip, split, join, resend, damage ...;
- `loads`: what is loaded, one command after another;
- `keep` and `records`, which only shrinking adds: the files that are left, and the records that are left in a file.
"""

import csv
import random
import shutil
from datetime import date, datetime, time, timedelta
from fnmatch import fnmatch
from pathlib import Path

import landings
from crescendo.http.server import DIRT, LISTING, Faults, served
from crescendo.sources.moovitamix import simulate as moovitamix
from crescendo.sources.soundcharts import simulate as soundcharts
from crescendo.sources.soundcharts.catalogue import Catalogue
from crescendo.sources.soundcharts.report import write_report
from crescendo.sources.soundcharts.world import END, World
from drawn_steps import DAMAGES, STEPS, WARPS, Drawn, Landed, keep_records, remove

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
    makes = [_made(draw, kind, shared if draw.random() < 0.9 else _song_world(draw)) for kind in kinds]
    steps = [_step(draw) for _ in range(draw.choice([0, 1, 1, 2, 3]))] if makes else []
    # whoever damages a file does it to the file as it is in the end
    steps.sort(key=lambda step: step["do"] == "damage")
    world = {"makes": makes, "steps": steps, "loads": _loads(draw, makes)}
    return world | ({"name": draw.choice(ODD_NAMES)} if draw.random() < 0.08 else {})


def _song_world(draw: random.Random) -> Drawn:
    songs = draw.choice([1, 3, 8, 12, 21, 22, 25, 25, 30, 30])
    days = draw.choice([1, 5, 20, 20, 30, 31, 40, 40, 60, 61, 90, 400])
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
                remove(path)
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
