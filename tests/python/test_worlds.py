"""Worlds drawn by chance: whatever people land, it loads, it builds, and what holds by definition holds.

    .venv/bin/pytest tests/python/test_worlds.py                           # five worlds in three landings
    CRESCENDO_WORLDS=150 .venv/bin/pytest tests/python/test_worlds.py -s   # a long run; -s shows faults as they come
    CRESCENDO_WORLDS=300-449 ...                                           # these worlds
    CRESCENDO_WORLD='{"makes": ...}' ... -k given                          # one world, as a failure prints it
    CRESCENDO_WORLD='{"makes": [{"make": "folder", "path": "..."}], "steps": [], "loads": [{"paths": ["."]}]}' ...

A world that fails is made smaller, CRESCENDO_SHRINK_SECONDS for each fault not met before, and told as a command.
"""

import json
import os
import shlex
import sys
import time

import pytest
from drawn_builds import Built, Fault
from drawn_checks import faults_of
from drawn_steps import DAMAGES, STEPS, WARPS, is_report, read_report
from drawn_worlds import drawn, land
from shrinking import Replay, Shrinker, command, smallest

# chosen for their variety: charts and two universes; warped reports; songs of reports and pages that are twins;
# pages of all services, sent again and padded; and pages of a listening service that are lost and damaged. Those in
# one bracket share no source and are landed, loaded and built together
USUAL = ((4, 14), (7, 10), (15,))
SECONDS = float(os.environ.get("CRESCENDO_SHRINK_SECONDS", "60"))
# faults that were made smaller already: the same again is told by its name
SHRUNK: set[str] = set()


def seeds():
    asked = os.environ.get("CRESCENDO_WORLDS", "")
    first, _, last = asked.partition("-")
    one = range(int(first), int(last) + 1) if last else range(1, int(asked) + 1) if asked else ()
    return [(seed,) for seed in one] or USUAL


def together(worlds: list[dict]) -> dict:
    """One world of several, each of which loads all that is landed at once, under no odd name."""
    if len(worlds) == 1:
        return worlds[0]
    assert all(world.keys() == {"makes", "steps", "loads"} for world in worlds)
    assert all(world["loads"] == [{"paths": ["."]}] for world in worlds)
    steps = sorted((step for world in worlds for step in world["steps"]), key=lambda step: step["do"] == "damage")
    return {"makes": [make for world in worlds for make in world["makes"]], "steps": steps, "loads": worlds[0]["loads"]}


def report(world: dict, tmp_path) -> str:
    """All that is wrong with a world, each new fault with the least world that shows it."""
    built = Built(tmp_path / "world", land(world, tmp_path / "world" / "landing"), world)
    return "\n\n".join(told(built, fault, tmp_path) for fault in faults_of(built))


def told(built: Built, fault: Fault, tmp_path) -> str:
    said = f"{fault.what}\n    {fault.detail}"
    if fault.what in SHRUNK:
        return f"{said}\n    (met before)"
    SHRUNK.add(fault.what)
    begun = time.monotonic()
    folder = tmp_path / f"smaller-{len(SHRUNK)}"
    shrinker = Shrinker(built.world, fault, Replay(built, fault), folder, SECONDS)
    world = shrinker.shrunk() if SECONDS else built.world
    took = f"{shrinker.tries} tries, {time.monotonic() - begun:.0f} s"
    return f"{said}\n    {took}:\n    {command(world)}"


@pytest.mark.parametrize("drawn_from", seeds(), ids=lambda several: "+".join(map(str, several)))
def test_a_drawn_world_holds(drawn_from, tmp_path):
    world, seed = together([drawn(seed) for seed in drawn_from]), "+".join(map(str, drawn_from))
    sys.stdout.write(f"\nworld {seed}: {json.dumps(world)}\n")
    found = report(world, tmp_path)
    sys.stdout.write(f"{found or 'holds'}\n")
    sys.stdout.flush()
    assert not found, f"world {seed}\n{found}"


@pytest.mark.skipif("CRESCENDO_WORLD" not in os.environ, reason="CRESCENDO_WORLD gives no world")
def test_the_given_world_holds(tmp_path):
    found = report(json.loads(os.environ["CRESCENDO_WORLD"]), tmp_path)
    assert not found, found


WORLD = {
    "makes": [
        {"make": "report", "songs": 12, "days": 30, "seed": 3},
        {"make": "charts", "lists": 2, "list_days": 3, "songs": 8, "days": 30, "seed": 3},
        {"make": "artists", "songs": 8, "days": 30, "seed": 3, "artists": [0, 1], "span": 7, "shapes": "new"}
        | {"platforms": ["spotify"], "faults": []},
    ],
    "steps": [
        {"do": "older", "n": 1, "days": 5, "scale": 1},
        {"do": "gzip", "n": 1, "share": 1},
        {"do": "drop", "n": 2, "of": "*artist-*", "share": 0.6},
    ],
    "loads": [{"paths": ["1-charts"]}, {"paths": ["."]}],
}


def long_songs(built: Built):
    """A fault to plant: a report of a song that has a point on a certain day."""
    reports = (path for path in built.landed.files() if is_report(path))
    records = [record for path in reports for record in read_report(path)]
    if any(point["date"].startswith("2025-05-04") for record in records[5:9] for point in record["timeSeries"]):
        yield Fault("planted")


def test_a_world_is_made_smaller_until_nothing_can_go(tmp_path):
    shrinker = Shrinker(WORLD, Fault("planted"), long_songs, tmp_path, 60)
    assert shrinker.fails(WORLD)
    world = shrinker.shrunk()
    assert [make["make"] for make in world["makes"]] == ["report", "nothing", "nothing"]
    assert (world["steps"], world["loads"]) == ([], [{"paths": ["."]}])
    assert len(world["keep"]) == 1
    [places] = world["records"].values()
    assert len(places) == 6, "the fault needs a sixth record"
    said = command(world)
    given = json.loads(shlex.split(said)[0].removeprefix("CRESCENDO_WORLD="))
    assert given == world and shrinker.fails(given)


def test_draws_are_of_every_kind():
    worlds = [drawn(seed) for seed in range(600)]
    assert {make["make"] for world in worlds for make in world["makes"]} == {"report", "artists", "listening", "charts"}
    steps = [step for world in worlds for step in world["steps"]]
    assert {step["do"] for step in steps} == STEPS.keys()
    assert {step.get("how") for step in steps} == {*DAMAGES, *WARPS, None}
    assert any("source" in load for world in worlds for load in world["loads"])
    assert worlds == [drawn(seed) for seed in range(600)]


def test_a_world_is_the_same_each_time(tmp_path):
    one, other = (land(WORLD, tmp_path / name) for name in "ab")
    assert one.files() and [one.name(path) for path in one.files()] == [other.name(path) for path in other.files()]
    pairs = zip(one.files(), other.files(), strict=True)
    assert all(path.read_bytes() == again.read_bytes() for path, again in pairs)


def test_of_many_things_those_that_fail_together_are_left():
    tries = []

    def fails(some):
        tries.append(some)
        return {13, 77} <= set(some)

    assert smallest(range(100), fails) == [13, 77]
    assert len(tries) < 100
    assert smallest(range(8), lambda some: True) == []
    assert smallest(range(8), lambda some: len(some) == 8) == [*range(8)]


def test_the_time_is_kept():
    begun = time.monotonic()
    left = smallest(range(1000), lambda some: time.sleep(0.02) or 999 in some, begun + 0.2)
    assert 999 in left and time.monotonic() - begun < 0.5
