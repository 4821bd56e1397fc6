"""How often an answer that says `ok` is wrong, in worlds whose truth is known.

Each series is a true audience that grows, and one kind of fault on top of what is shown of it. A window is answered
wrongly if its status is `ok` and its percent is more than one point from the truth: the growth is wrong by more than
1 % of the base. A stricter count takes 1 % of the true growth.

    .venv/bin/python scripts/bench/truth.py            # the models, which dbt builds on the worlds
    .venv/bin/python scripts/bench/truth.py --plain    # the plain calculation of the tests
"""

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
from growth import build
from measure import ROOT

FIRST, DAYS = date(2024, 1, 1), 400
METRIC = "spotify:streams"
KEEP = 3  # days for which a value is carried on: no window of fewer days is asked
OFF = {
    "zero": lambda draw, value: 0 * value,
    "nothing": lambda draw, value: 0 * value + 1200,
    "a part": lambda draw, value: value * draw.uniform(0.05, 0.95),
    "slightly": lambda draw, value: value * draw.uniform(0.95, 0.98),
}


@dataclass
class World:
    """One series: its truth, what is shown, and how that came about; all by day.

    scale: number of the segment that a day belongs to; percents within one are those of what is shown without faults.
    """

    truth: np.ndarray
    clean: np.ndarray = field(init=False)
    shown: np.ndarray = field(init=False)
    linked: np.ndarray = field(init=False)
    restated: np.ndarray = field(init=False)
    seen: np.ndarray = field(init=False)
    scale: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        self.clean, self.shown = self.truth.copy(), self.truth.copy()
        self.linked, self.scale = np.zeros(DAYS), np.zeros(DAYS, int)
        self.restated, self.seen = np.zeros(DAYS, bool), np.ones(DAYS, bool)

    def rescale(self, day: int, change: Callable[[np.ndarray], np.ndarray]) -> None:
        """From a day on the audience is shown on another scale."""
        self.clean[day:], self.shown[day:] = change(self.clean[day:]), change(self.shown[day:])
        self.scale[day:] += 1

    def true_pct(self, since: int, until: int) -> float:
        course = self.clean if self.scale[since] == self.scale[until] else self.truth
        return 100 * (course[until] - course[since]) / course[since]


def audience(draw: np.random.Generator) -> World:
    """A counter that grows from a thousandth of a percent to three percent a day, unevenly."""
    level, pace = 10 ** draw.uniform(4, 9), 10 ** draw.uniform(-5, -1.5)
    gains = level * pace * np.exp(draw.normal(0, 0.3, DAYS)) * (1 + 0.3 * np.sin(np.arange(DAYS) * 2 * np.pi / 7))
    return World(np.floor(level + np.cumsum(gains)))


def dip(draw: np.random.Generator, world: World, longest: int = 12) -> None:
    begin, length = draw.integers(5, DAYS - 15), draw.integers(1, longest + 1)
    shape = OFF[draw.choice(list(OFF))]
    world.shown[begin : begin + length] = shape(draw, world.clean[begin : begin + length])


def long_dip(draw: np.random.Generator, world: World) -> None:
    """Longer than what can be told from a fall."""
    dip(draw, world, 40)


def leap(draw: np.random.Generator, world: World) -> None:
    begin, length = draw.integers(5, DAYS - 15), draw.integers(1, 13)
    world.shown[begin : begin + length] *= draw.choice([draw.uniform(1.03, 2), draw.uniform(2, 90)])


def relink(draw: np.random.Generator, world: World) -> None:
    """An identifier brings what was counted elsewhere, or the one that is followed changes; it may go again."""
    day, size = draw.integers(5, DAYS - 5), np.floor(world.truth[0] * 10 ** draw.uniform(-1.5, 1.5))
    days = [(day, size)] + ([(draw.integers(day + 1, DAYS), -size)] if draw.random() < 0.4 else [])
    for at, brought in days:
        world.rescale(at, lambda course, brought=brought: course + brought)
        world.linked[at:] += brought


def restated(draw: np.random.Generator, world: World) -> None:
    """A newer version of all that was rules from a day on; its first day is known."""
    day, share = draw.integers(5, DAYS - 5), draw.choice([0.4, 0.7, 0.9, 1.05, 1.3, 2.5])
    world.rescale(day, lambda course: course * share)
    world.restated[day] = True


def reset(draw: np.random.Generator, world: World) -> None:
    """The counter begins anew, or loses a good part, and goes on from there."""
    share = draw.choice([draw.uniform(0.01, 0.45), draw.uniform(0.55, 0.97)])
    world.rescale(draw.integers(5, DAYS - 5), lambda course: course * share)


def untold_leap(draw: np.random.Generator, world: World) -> None:
    """It goes up and stays, and nothing tells why: what no definition can see."""
    share = draw.uniform(1.05, 5)
    world.rescale(draw.integers(5, DAYS - 5), lambda course: course * share)


def gap(draw: np.random.Generator, world: World) -> None:
    for _ in range(draw.integers(1, 6)):
        begin, length = draw.integers(1, DAYS - 60), draw.choice([1, 2, 3, 4, 7, 15, 60])
        world.seen[begin : begin + length] = False


def sparse(draw: np.random.Generator, world: World) -> None:
    world.seen &= draw.random(DAYS) < draw.choice([0.95, 0.8, 0.5])


def late_end(draw: np.random.Generator, world: World) -> None:
    """It stops reporting some days before the others, or at its end it is off the course."""
    last = DAYS - draw.integers(0, 12)
    world.seen[last:] = False
    length = draw.integers(1, 9)
    if draw.random() < 0.7:
        factor = draw.choice([0, 0.5, 0.9, 1.05, 1.5, 3, 40])
        world.shown[last - length : last] = world.clean[last - length : last] * factor


def several(draw: np.random.Generator, world: World) -> None:
    for fault in draw.choice([dip, dip, leap, relink, restated, reset, gap, sparse, late_end], 4, replace=False):
        fault(draw, world)


FAULTS = {
    "none": lambda draw, world: None,
    "dip": dip,
    "long dip": long_dip,
    "leap": leap,
    "relink": relink,
    "restated": restated,
    "reset": reset,
    "gap": gap,
    "sparse": sparse,
    "late end": late_end,
    "several": several,
    "untold leap": untold_leap,
}


def worlds(count: int, seed: int) -> Iterator[tuple[str, World]]:
    """(fault, world) in turn."""
    draw, names = np.random.default_rng(seed), list(FAULTS)
    for number in range(count):
        world = audience(draw)
        fault = names[number % len(names)]
        FAULTS[fault](draw, world)
        world.shown = np.floor(np.maximum(world.shown, 0))
        yield fault, world


def windows(count: int, seed: int) -> list[tuple[int, int]]:
    """(first day, last day) as numbers; a third ends on one of the last days, which are those that are asked for."""
    draw, found = np.random.default_rng(seed), []
    while len(found) < count:
        length = int(draw.choice([7, 14, 28, 30, 60, 90, 180, draw.integers(KEEP, 300)]))
        until = int(draw.integers(DAYS - 9, DAYS)) if draw.random() < 1 / 3 else int(draw.integers(length, DAYS))
        if until > length:
            found.append((until - length, until))
    return found


def on(number: int) -> date:
    return FIRST + timedelta(int(number))


def rows(made: list[tuple[str, World]]) -> pd.DataFrame:
    """What the loader and the steps before growth would have made of the worlds."""
    frames = []
    for number, (_, world) in enumerate(made):
        days = np.flatnonzero(world.seen)
        columns = {
            "value": world.shown[days],
            "linked_value": world.linked[days],
            "is_restated": _boundaries(world)[days],
        }
        observed = [on(day) for day in days]
        frames.append(
            pd.DataFrame({"subject_id": f"song:{number}", "metric_id": METRIC, "observed_date": observed} | columns)
        )
    return pd.concat(frames)


def _boundaries(world: World) -> np.ndarray:
    """The first day that was seen on or after each boundary."""
    found = np.zeros(DAYS, bool)
    for day in np.flatnonzero(world.restated):
        found[np.flatnonzero(world.seen & (np.arange(DAYS) >= day))[:1]] = True
    return found


def fill(path: Path, observed: pd.DataFrame) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema intermediate; create schema metrics; create schema audience")
        connection.execute("""
            create table audience.fct_place_observations (metric_id varchar);
            create table audience.dim_charts (platform varchar);
            create table audience.dim_playlists (platform varchar);
            create table intermediate.int_observations_unioned as
                select * replace (observed_date::date as observed_date) from observed;
            create table metrics.dim_subjects as
                select distinct subject_id, 'song' as subject_type, subject_id as name, null::date as began_on,
                    false as is_composed
                from observed
        """)


def by_models(made: list[tuple[str, World]], asked: list[tuple[int, int]]) -> Iterator[dict[int, tuple]]:
    """Of each window what the models say: series -> (status, growth_pct)."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "truth.duckdb"
        fill(path, rows(made))
        build(Path(folder), path)
        with duckdb.connect(str(path), read_only=True) as connection:
            for since, until in asked:
                found = connection.execute(
                    "select subject, status, growth_pct from metrics.series_growth(?, ?)", [on(since), on(until)]
                ).fetchall()
                yield {int(subject.removeprefix("song:")): answer for subject, *answer in found}


def by_the_plain_calculation(made: list[tuple[str, World]], asked: list[tuple[int, int]]) -> Iterator[dict[int, tuple]]:
    sys.path.insert(0, str(ROOT / "tests" / "python"))
    from plain_growth import Series, catalogue, complete_through

    metric, series = catalogue(ROOT / "seeds" / "metric_catalog.csv")[METRIC], []
    for _, world in made:
        columns = (world.shown, world.linked)
        boundaries = _boundaries(world)
        points = [
            (on(day), *(int(column[day]) for column in columns), bool(boundaries[day]))
            for day in np.flatnonzero(world.seen)
        ]
        series.append(Series(metric, points))
    complete = complete_through(series)
    for since, until in asked:
        grown = [one.growth(on(since), on(until), complete) for one in series]
        yield {number: (row["status"], row["growth_pct"]) for number, row in enumerate(grown)}


def judge(made: list[tuple[str, World]], asked: list[tuple[int, int]], answers: Iterator[dict]) -> pd.DataFrame:
    """One row per window and series: fault, status, whether a percent is wrong by the base and by the growth."""
    found = []
    for (since, until), answer in zip(asked, answers, strict=True):
        for number, (status, percent) in answer.items():
            fault, world = made[number]
            truth = world.true_pct(since, until)
            off = abs(percent - truth) if percent is not None else np.nan
            found.append((fault, status, off > 1, off > 0.01 * abs(truth), off, number, since, until))
    columns = ["fault", "status", "wrong", "wrong_by_growth", "off", "series", "since", "until"]
    return pd.DataFrame(found, columns=columns)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--series", type=int, default=1200)
    parser.add_argument("--windows", type=int, default=84, help="windows asked of each series")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--plain", action="store_true", help="the plain calculation in place of the models")
    parser.add_argument("--worst", type=int, default=0, help="show so many of the worst answers of each fault")
    options = parser.parse_args()
    made, asked = list(worlds(options.series, options.seed)), windows(options.windows, options.seed)
    answered = (by_the_plain_calculation if options.plain else by_models)(made, asked)
    found = judge(made, asked, answered)
    ok = found[found["status"] == "ok"]
    print(f"{len(found):,} windows, of which {len(ok):,} say ok")
    print(f"{'fault':12} {'windows':>8} {'ok':>7} {'wrong':>7} {'by the base':>12} {'by the growth':>14}")
    for fault in [*FAULTS, "all told"]:
        part, sure = (frame if fault == "all told" else frame[frame["fault"] == fault] for frame in (found, ok))
        if fault == "all told":  # what nothing tells, no answer can know
            part, sure = part[part["fault"] != "untold leap"], sure[sure["fault"] != "untold leap"]
        share = (sure["wrong"].mean(), sure["wrong_by_growth"].mean())
        print(f"{fault:12} {len(part):8,} {len(sure):7,} {sure['wrong'].sum():7,} {share[0]:12.3%} {share[1]:14.3%}")
    if options.worst:
        worst = ok[ok["wrong"]].sort_values("off", ascending=False).groupby("fault").head(options.worst)
        print(worst.sort_values("fault").to_string(index=False))


if __name__ == "__main__":
    main()
