"""Only what changed is judged, and nobody can tell: after each load of a sequence the tables are those of one build.

The compiled models of the spine run on drawn observations. `CRESCENDO_SEQUENCES=60` draws as many sequences, of at
least four loads each. test_increments_loaded.py does the same through `crescendo load` and dbt.
"""

import os
import random
import re
from collections import Counter
from datetime import timedelta

import pytest
from conftest import ROOT
from plain_growth import Observation
from spines import READ_OFF, TABLES, Spine, rows_of, spine_of
from test_growth_proof import BAD_DAYS, FIRST, METRICS, messy

SEQUENCES = int(os.environ.get("CRESCENDO_SEQUENCES", "4"))
KINDS = (
    *["spotify:streams"] * 6,
    *["tiktok:likes", "youtube:views", "instagram:followers"] * 2,
    *["moovitamix:listens", "spotify:popularity", "airplay:spins", "spotify:monthly_listeners"],
    "unknown:hums",  # the catalogue lacks it
)
END = FIRST + timedelta(230)


class World:
    """What the sources know, and what they have shown so far."""

    def __init__(self, seed):
        self.draw = random.Random(seed)
        # many faults begin on a bad day, so the loads are about one
        self.today = self.draw.choice([day for day in BAD_DAYS if FIRST + timedelta(90) < day < END - timedelta(25)])
        self.today -= timedelta(self.draw.randrange(6))
        self.truth, self.shown, self.held_back, self.number = {}, {}, set(), 0
        for _ in range(self.draw.randint(25, 45)):
            self.add()

    def add(self, until=None):
        """A series that nobody has seen before, with all its past."""
        metric = self.draw.choice(KINDS)
        points = messy(self.draw, metric if metric in METRICS else "deezer:followers", FIRST, END)
        key, self.number = (f"song:{self.number:03}", metric), self.number + 1
        kind = METRICS[metric].kind if metric in METRICS else "gauge"
        scale = self.draw.choice([1, 1, 1, 1, 7, 10**4 / 3, 10**7 / 3] if kind != "counter" else [1] * 9 + [100, 1 / 7])
        self.truth[key] = {
            point.day: point._replace(value=point.value / scale, linked=point.linked / scale) for point in points
        }
        self.shown[key] = {day: point for day, point in self.truth[key].items() if day <= (until or self.today)}

    def some(self, count=3):
        """A few of the series that are shown."""
        shown = sorted(key for key, points in self.shown.items() if points)
        return self.draw.sample(shown, min(len(shown), self.draw.randint(1, count)))

    def days_of(self, key, newest=0.7):
        """A day of a series: one of its newest, or any."""
        days = sorted(self.shown[key])
        back = self.draw.choice([0, 1, 2, 5, 9, 10, 11, 12, 13, 14, 25, 35, 44, 45, 46, 60])
        return days[max(len(days) - 1 - back, 0)] if self.draw.random() < newest else self.draw.choice(days)

    # --- what a load may bring ---------------------------------------------------------------------------------

    def new_days(self):
        """The next days of all series; some are late."""
        before, self.today = self.today, self.today + timedelta(self.draw.choice([1, 1, 1, 2, 3, 8]))
        for key, points in self.truth.items():
            for day, point in points.items():
                if before < day <= self.today:
                    late = self.draw.random() < 0.05
                    self.held_back |= {(key, day)} if late else set()
                    self.shown[key] |= {} if late else {day: point}

    def late_days(self):
        """Days that came too late, or were never sent in their time."""
        for key, day in self.draw.sample(sorted(self.held_back), min(len(self.held_back), 5)):
            if day in self.truth[key]:
                self.shown[key][day] = self.truth[key][day]
            self.held_back.discard((key, day))
        for key in self.some():
            day = self.days_of(key) + timedelta(self.draw.choice([-1, 1, 1]))
            self.shown[key].setdefault(day, Observation(day, self.shown[key][self.days_of(key)].value))

    def restatements(self):
        """Values of one day or of many are others now: larger, smaller, nothing, or what they were before."""
        for key in self.some(5):
            begin, count = self.days_of(key), self.draw.choice([1, 1, 2, 5, 35])
            how = self.draw.choice([0, 0.001, 0.4, 0.98, 0.995, 1.0001, 1.5, 40, None])
            for day in sorted(day for day in self.shown[key] if day >= begin)[:count]:
                point = self.shown[key][day]
                whole = point.value == int(point.value)
                value = self.truth[key].get(day, point).value if how is None else point.value * how
                self.shown[key][day] = point._replace(value=round(value) if whole else value)

    def newest_values_off_course(self):
        """The newest values fall or leap; the next day clears most of them, if there are not too many."""
        for key in self.some(4):
            count, share = self.draw.choice([1, 2, 9, 10, 10, 10, 11]), self.draw.choice([0, 0.3, 0.3, 9])
            for day in sorted(self.shown[key])[-count:]:
                point = self.shown[key][day]
                self.shown[key][day] = point._replace(value=int(point.value * share))

    def boundaries(self):
        """A newer version begins on some day; or an identifier comes or goes."""
        for key in self.some(2):
            begin, size = self.days_of(key), self.draw.choice([0, 0, 500, -30, 10**6])
            for day in [day for day in self.shown[key] if day >= begin]:
                point = self.shown[key][day]
                is_restated = point.restated if size else point.restated != (day == begin)
                self.shown[key][day] = point._replace(
                    value=point.value + size, linked=point.linked + size, restated=is_restated
                )

    def withdrawals(self):
        """A file is taken back: some days of a series, or all of it."""
        for key in self.some():
            begin, count = self.days_of(key), self.draw.choice([1, 1, 2, 9, 35, 999])
            if self.draw.random() < 0.2:
                begin, count = FIRST, self.draw.choice([9, 999])
            for day in sorted(day for day in self.shown[key] if day >= begin)[:count]:
                del self.shown[key][day]

    def resent(self):
        """A file comes again: series have what they had, whatever became of it since."""
        for key in self.some():
            self.shown[key] = {day: point for day, point in self.truth[key].items() if day <= self.today}

    def new_series(self):
        """Somebody is followed from now on, with the past or without."""
        for _ in range(self.draw.randint(1, 3)):
            self.add()
        for key in list(self.truth)[-1:]:
            if self.draw.random() < 0.3:
                self.shown[key] = {day: point for day, point in self.shown[key].items() if day >= self.today}

    def ends(self):
        """Series stop: nothing comes any more."""
        for key in self.some():
            self.truth[key] = dict(self.shown[key])

    def unchanged(self):
        """The same files again."""


STEPS = (
    *[World.new_days] * 6,
    *[World.newest_values_off_course] * 3,
    *[World.late_days, World.restatements, World.withdrawals] * 2,
    *[World.boundaries, World.resent, World.new_series, World.ends, World.unchanged],
)
CATALOGUE = (
    "update seeds.metric_catalog set correction_ratio = 0.05 where (platform, metric) = ('spotify', 'streams')",
    "update seeds.metric_catalog set reset_ratio = 0.9 where (platform, metric) = ('youtube', 'views')",
    "update seeds.metric_catalog set max_age_days = 9 where (platform, metric) = ('spotify', 'popularity')",
    "update seeds.metric_catalog set kind = 'flow' where (platform, metric) = ('spotify', 'monthly_listeners')",
    "update seeds.metric_catalog set outlier_drop_ratio = 0.5 where (platform, metric) = ('instagram', 'followers')",
)


@pytest.fixture(scope="session")
def spine_nodes(nodes):
    return spine_of(nodes)


@pytest.fixture
def spine(spine_nodes, nodes_that_go_on):
    """A function that makes an empty one."""
    return lambda: Spine(spine_nodes, nodes_that_go_on)


def differences(one, other):
    """The first rows of each table that only one of the two has."""
    found = {}
    for name in TABLES:
        mine, theirs = one.rows(name), other.rows(name)
        if mine != theirs:
            only, missing = Counter(mine), Counter(theirs)
            found[name] = [*(only - missing)][:3], [*(missing - only)][:3]
    return found


def test_nobody_can_tell_a_sequence_of_loads_from_a_build_at_once(spine, spine_nodes):
    met = Counter()
    for seed in range(SEQUENCES):
        world, told = World(seed), []
        kept = spine()
        kept.receive(rows_of(world.shown))
        kept.build()
        changes, said = [], {kept.now: kept.rows("fct_observations")}
        for _ in range(world.draw.randint(4, 7)):
            steps = world.draw.sample(STEPS, world.draw.choice([1, 1, 2, 3]))
            for step in steps:
                step(world)
            if world.draw.random() < 0.12:
                changes.append(world.draw.choice(CATALOGUE))
                kept.change_catalogue(changes[-1:])
            told.append(([step.__name__ for step in steps], changes))
            kept.receive(rows_of(world.shown))
            if world.draw.random() < 0.2:  # it is killed, and then built again
                kept.build(until=world.draw.choice(list(spine_nodes)))
                met["killed"] += 1
            kept.build()
            said[kept.now] = kept.rows("fct_observations")
            anew = spine()
            anew.change_catalogue(changes)
            anew.receive(rows_of(world.shown))
            anew.build()
            assert anew.is_stored_by_day()
            wrong = differences(kept, anew)
            assert not wrong, f"sequence {seed}, after {told}: {wrong}"
            anew.connection.close()
            met.update(kept.met())
            met["went on"] += kept.went_on == READ_OFF
        for moment, rows in said.items():
            assert kept.known_at(moment) == rows, f"sequence {seed}, as known at {moment}, after {told}"
        met["replaced"] += kept.connection.sql("from load_audit.replaced_observations").shape[0]
        kept.connection.close()
    # the comparison is worth what it has met
    expected = {"went on": 2, "carried": 20, "begun": 3, "outlier after": 3, "gone": 0.1, "replaced": 20}
    assert not {name for name, often in expected.items() if met[name] < often * SEQUENCES}, met
    assert met["whole"] < met["builds"] / 3, met


PLAN = "select is_whole, whole_reason from intermediate.int_judging_planned"
WHY = {
    "update load_audit.judged_codes set code = 'of other rules'": "the rules they are judged by have changed",
    "delete from load_audit.judged_codes": "the rules they are judged by have changed",
    "delete from metrics.fct_observations where rowid = 9": "the table does not hold what was judged",
    "drop table metrics.fct_observations": "the table does not hold what was judged",
    "alter table metrics.fct_observations drop column running_breaks": "the table does not hold what was judged",
    "update seeds.metric_catalog set kind = 'gauge'": "most of them have changed",
    "delete from load_audit.judged_series": "none was judged before",
}


@pytest.mark.parametrize("change", WHY)
def test_all_is_judged_anew_if_it_must_be_and_it_is_known_why(spine, change):
    world, kept = World(3), spine()
    kept.receive(rows_of(world.shown))
    kept.build()
    first = {name: kept.rows(name) for name in TABLES}
    kept.build()
    assert kept.ask(PLAN) == [(False, None)]
    assert kept.rows("int_series_touched") == [], "nothing has changed"
    kept.connection.execute(change)
    kept.build()
    assert kept.ask(PLAN) == [(True, WHY[change])]
    assert "catalog" in change or {name: kept.rows(name) for name in TABLES} == first
    kept.build()
    assert kept.ask(PLAN) == [(False, None)], "once"
    kept.connection.close()


@pytest.mark.parametrize(("days", "plan"), [(8, (True, "most of them have changed")), (40, (False, None))])
def test_a_day_of_a_history_that_is_too_short_to_go_on_from_is_judged_with_all(spine, days, plan):
    """To judge each series from its beginning and change its rows costs more than to write the table anew."""
    points = [Observation(FIRST + timedelta(number), 1000.0 + number) for number in range(days + 1)]
    shown = {(f"song:{number:03}", "spotify:streams"): {point.day: point for point in points} for number in range(9)}
    kept = spine()
    kept.receive(rows_of({key: {day: series[day] for day in list(series)[:-1]} for key, series in shown.items()}))
    kept.build()
    kept.receive(rows_of(shown))
    kept.build()
    assert kept.ask(PLAN) == [plan]
    kept.connection.close()


def test_the_selection_that_a_refusal_names_has_all_that_is_judged_together(spine_nodes):
    models = {name: node for name, node in spine_nodes.items() if node["resource_type"] == "model"}
    below = {"int_series_fingerprinted"}
    while more := {
        name
        for name, node in models.items()
        if below & {key.split(".")[-1] for key in node["depends_on"]["nodes"]} and name not in below
    }:
        below |= more
    text = (ROOT / "macros" / "judging.sql").read_text()
    together = re.findall(r"'(\w+)'", text[text.index("return([") : text.index("])")])
    assert {"int_series_fingerprinted", "int_observations_touched", "fct_observations"} <= {*together} <= below
