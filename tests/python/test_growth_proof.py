"""The proof of growth: the compiled models against a plain calculation, to the last digit, and what always holds.

The models run as dbt compiled them, in a database in memory that holds made-up observations in place of loaded ones.
"""

import math
import random
from collections import Counter
from datetime import date, timedelta
from statistics import median

import duckdb
import pytest
import reports
from compiled import ask, construct, insert
from conftest import ROOT
from crescendo.ask.answers import ask as answered
from crescendo.ask.question import Question
from crescendo.ingest.load import load
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from plain_growth import (
    PERCENT,
    STATUSES,
    Observation,
    Series,
    average_against,
    catalogue,
    change_against,
    complete_through,
    expected_days,
    group_growth,
    growth_window,
    window_before,
    within,
)

METRICS = catalogue(ROOT / "seeds" / "metric_catalog.csv")
# a daily and a two-daily counter, gauge, index, flow and rolling
KINDS = (
    *["spotify:streams"] * 5,
    *["tiktok:likes", "youtube:views", "instagram:followers", "deezer:followers"] * 2,
    *["moovitamix:listens"] * 3,
    *["spotify:popularity", "airplay:spins", "spotify:monthly_listeners", "moovitamix:active_users"],
)
FIRST, LAST = date(2023, 10, 1), date(2025, 2, 1)
# faults like to begin on these, so that windows anchored there meet many of them
BAD_DAYS = [FIRST + timedelta(number) for number in range(25, (LAST - FIRST).days, 50)]
LARGEST = 10**11  # so that all sums are exact
NOT_ABOUT_THE_WINDOW = ("subject", "name", "platform", "metric", "unit", "series_id", "subject_type", "kind")
COUNTS = ("correction_count", "restatement_count", "reset_count", "relink_count")
GROUPED = (
    *("song_averages", "song_growth", "artist_growth", "platform_growth", "group_growth"),
    *("artist_averages", "platform_averages", "group_averages"),
)


def observe(series, nodes, order=None, wanted=("series_growth",), connection=None, described=None):
    """A warehouse that holds these series (subject, metric) -> Series, its rows in an order of their own.

    described: subject -> its row of dim_subjects, where it is not the usual one.
    """
    connection = connection or duckdb.connect()
    connection.execute("set threads to 1; create schema metrics; create schema if not exists intermediate")
    rows = [(*key, *point) for key, one in series.items() for point in one.points]
    (order or random.Random(1)).shuffle(rows)
    connection.execute("""
        create table intermediate.int_observations_unioned (
            subject_id varchar, metric_id varchar, observed_date date,
            value double, linked_value double, is_restated boolean
        );
        create table metrics.dim_subjects (
            subject_id varchar, subject_type varchar, name varchar, began_on date, counted_by varchar,
            is_primary boolean, is_composed boolean
        )
    """)
    # where else a metric or a platform may be named
    connection.execute("create schema if not exists audience; create table audience.dim_charts(platform varchar)")
    connection.execute("create table audience.fct_place_observations(metric_id varchar)")
    connection.execute("create table audience.dim_playlists(platform varchar)")
    subjects = {
        subject: (subject.split(":")[0], f"Song {subject}", one.released, None, True, is_composed(subject))
        for (subject, _), one in series.items()
    }
    for subject, row in (described or {}).items():
        # the day on which it began is that of its series
        subjects[subject] = (*row[:2], subjects[subject][2] if subject in subjects else None, *row[2:])
    insert(connection, "intermediate.int_observations_unioned", rows)
    insert(connection, "metrics.dim_subjects", [(subject, *rest) for subject, rest in subjects.items()])
    construct(connection, nodes, wanted)
    return connection


def is_composed(subject):
    return subject.startswith("recording:")


def by_key(rows):
    return {(row["subject"], f"{row['platform']}:{row['metric']}"): row for row in rows}


def messy(draw, metric, first=FIRST, last=LAST):
    """A series with all that goes wrong: gaps, falls and rises that stay, and faults put on top of them."""
    points = course(draw, metric, first, last)
    is_flow = METRICS[metric].kind == "flow"
    of_stocks = [] if is_flow else [linked, linked, linked, restated, restated_on_an_excursion]
    for _ in range(draw.choice([0, 1, 2, 2, 3, 4, 5, 8])):
        fault = draw.choice([excursion, excursion, silence, *of_stocks])
        points = fault(draw, points)
    if is_flow and len(points) % 3:
        points = restated(random.Random(len(points)), points)
    points = at_the_end(draw, points) if draw.random() < 0.65 else points
    largest, least = LARGEST, 0 if METRICS[metric].kind in ("counter", "flow") else -LARGEST
    return [point._replace(value=min(max(point.value, least), largest)) for point in points]


def course(draw, metric, first, last):
    """Points that rise, or rise and fall, as their metric does; some stop early, some lose or double for good."""
    day = first + timedelta(draw.choice([0, draw.randrange(30), draw.randrange((last - first).days)]))
    end = draw.choice([*[last] * 6, *[last - timedelta(draw.randrange(9))] * 2, day + timedelta(draw.randrange(200))])
    step = draw.choice([*[1] * 7, 2, 7])
    kind, points = METRICS[metric].kind, []
    level = draw.choice([0, 1, 40, 900, 1000, 10_000, 100_000, 10**9])
    level = -level if kind == "gauge" and draw.random() < 0.1 else level
    busy = draw.random() < 0.2
    while day <= min(end, last):
        match draw.randrange(30 if busy else 800):
            case 0:
                level -= abs(level) // draw.choice([100, 101, 500])
            case 1:
                level -= abs(level) // draw.choice([2, 3, 20, 100])
            case 2:
                level = draw.choice([0, abs(level) // 9, abs(level) // 2 - 1])
            case 3:
                level = min(level * 2 + 50, LARGEST)
            case 4 | 5:
                day += timedelta(draw.choice([2, 3, 6, 7, 8, 9, 14, 15, 16, 30, 60]))
        if day <= min(end, last):
            points.append(Observation(day, max(level, 0) if kind in ("counter", "flow") else level))
        day += timedelta(step)
        drift = draw.randint(0, max(abs(level) // 50, 3)) if draw.random() < 0.8 else 0
        level += drift if kind == "counter" or draw.random() < 0.5 else -drift
    return points or [Observation(day, max(level, 0))]


def place_of_fault(draw, points):
    """Any place, or the first on or after one of the days on which faults begin."""
    bad = draw.choice(BAD_DAYS)
    after = [place for place, point in enumerate(points) if point.day >= bad]
    return after[0] if after and draw.random() < 0.8 else draw.randrange(len(points))


def excursion(draw, points):
    """A run of 1 to 12 observations to zero, to nothing, to a part, above, or all of it; it comes back by itself."""
    place, count = place_of_fault(draw, points), draw.choice([1, 1, 2, 3, 4, 6, 9, 10, 10, 10, 11, 12])
    run = points[place : place + count]
    if draw.random() < 0.2:  # it spans fourteen days, or nearly, or just too many
        days = draw.choice([13, 14, 14, 15])
        run = [point for point in points[place:] if (point.day - points[place].day).days <= days]
        run = sorted(draw.sample(run, min(len(run), count)))
        points = [point for point in points if point in run or not run[0].day <= point.day <= run[-1].day]
    return [
        off_course(draw, point, shape) if point in run else point for shape in [shape_of_run(draw)] for point in points
    ]


def shape_of_run(draw):
    return draw.choice(["zero", "zero", "nothing", "nothing", "part", "part", "above", "above", "slightly", "all"])


def off_course(draw, point, shape):
    value = point.value
    shown = {
        "zero": 0,
        "nothing": value // draw.randint(101, 3000),
        "part": value * draw.randint(5, 95) // 100,
        "above": value * draw.randint(2, 90) + draw.randrange(9),
        "slightly": value * draw.choice([97, 98, 99, 101, 102, 103]) // 100,
    }
    return point._replace(value=shown.get(shape, draw.choice([*shown.values()])))


def restated_on_an_excursion(draw, points):
    """The newer version begins while the values are off the course."""
    place = max(place_of_fault(draw, points), 1)
    off = [point._replace(value=point.value * 9) for point in points[place : place + 3]]
    return [
        *points[:place],
        *[point._replace(restated=place % 2 == number) for number, point in enumerate(off)],
        *points[place + 3 :],
    ]


def at_the_end(draw, points):
    """The newest observations leap, fall or vanish; nobody knows yet whether they come back."""
    count, shape = draw.choice([1, 1, 2, 3, 5, 9, 10, 11]), draw.choice([shape_of_run(draw), "above", "above", "above"])
    return [*points[:-count], *[off_course(draw, point, shape) for point in points[-count:]]]


def silence(draw, points):
    """Some weeks without an observation, or with few, or with zeros only."""
    begin = points[place_of_fault(draw, points)].day
    end, way = begin + timedelta(draw.choice([2, 4, 8, 16, 30, 90])), draw.choice(["none", "few", "zeros"])
    kept = []
    for point in points:
        if not begin < point.day <= end or (way == "few" and draw.random() < 0.5):
            kept.append(point)
        elif way == "zeros":
            kept.append(point._replace(value=0))
    return kept


def linked(draw, points):
    """An identifier brings a value that was not gained here, or takes it away; sometimes for some days only."""
    place, count = place_of_fault(draw, points), draw.choice([1, 3, 20, len(points)])
    size = abs(points[place].value) * draw.choice([1, 2, 30]) // draw.choice([1, 3, 50]) + draw.randrange(9)
    size = min(size, LARGEST // 10) * draw.choice([-1, 1, 1])
    place = max(place, 1)  # the first observation is where a series begins
    return [
        point._replace(value=point.value + size, linked=point.linked + size)
        if place <= number < place + count
        else point
        for number, point in enumerate(points)
    ]


def restated(draw, points):
    """From some day on a newer version rules, which says more or less of all that was; sometimes about the same."""
    place, share = max(place_of_fault(draw, points), 1), draw.choice([130, 104, 250, 100, 96, 70, 30])
    return [
        point._replace(value=point.value * share // 100, restated=point.restated or number == place)
        if number >= place
        else point
        for number, point in enumerate(points)
    ]


def released(draw, points):
    """The day of release as a catalogue knows it: mostly the first day, or near it, or not at all."""
    return draw.choice([None, points[0][0], points[0][0] - timedelta(draw.randrange(40)), LAST + timedelta(9)])


@pytest.fixture(scope="session")
def series():
    draw = random.Random(20260101)
    made = {}
    for number in range(320):
        metric = KINDS[number % len(KINDS)]
        points = messy(draw, metric)
        made[f"song:{number:03}", metric] = Series(METRICS[metric], points, released(draw, points))
    for number, metric in enumerate(sorted(set(KINDS))):
        # falls of exactly a hundredth and exactly half, of a little more and a little less
        falls = [(FIRST + timedelta(day), value) for day, value in enumerate((10_000, 9_900, 4_950, 2_474, 2_450))]
        zeros = [(FIRST + timedelta(day), 0) for day in range(99)]
        for points in ([(FIRST, 5000)], [(FIRST, 0), (LAST, 7)], falls, zeros):
            made[f"song:plain-{number}-{len(points)}", metric] = Series(METRICS[metric], points)
        # one that reports every day, so that its platform has a calendar
        steady = [(FIRST + timedelta(day), 5000 + day) for day in range((LAST - FIRST).days + 1)]
        for copy in range(3):
            made[f"song:steady-{number}-{copy}", metric] = Series(METRICS[metric], steady[copy:])
    return made


@pytest.fixture(scope="session")
def warehouse(series, nodes):
    with observe(series, nodes) as connection:
        yield connection


def completeness(series):
    found = {}
    for (subject, metric), one in series.items():
        if not is_composed(subject):
            found.setdefault(METRICS[metric].platform, []).append(one)
    return {platform: complete_through(found) for platform, found in found.items()}


def windows(count, seed):
    """Random windows over all days, and those that are usually forgotten."""
    draw, far = random.Random(seed), timedelta(700)
    leap_day = date(2024, 2, 29)
    found = [
        (FIRST - far, FIRST - timedelta(400)),  # before all data
        (LAST + timedelta(30), LAST + far),
        (FIRST - far, LAST + far),
        (FIRST, LAST),
        (FIRST - timedelta(1), FIRST),
        (leap_day, leap_day + timedelta(1)),
        (leap_day - timedelta(1), leap_day),
        (leap_day, date(2025, 2, 28)),
        (date(2023, 12, 31), date(2024, 12, 31)),
    ]
    while len(found) < count:
        length = draw.choice([1, 2, 7, 8, 15, 28, 30, 60, 90, 120, 365, draw.randint(1, 500)])
        near = timedelta(draw.randrange(3))
        opening, closing = draw.choice(BAD_DAYS) + near, draw.choice([draw.choice(BAD_DAYS), LAST]) + near
        anywhere = FIRST + timedelta(draw.randint(-20, (LAST - FIRST).days + 5))
        late = LAST - timedelta(draw.choice([0, 1, 2, 5, 9, 20])) + timedelta(draw.choice([0, 0, 1, 2]))
        since = draw.choice([anywhere, opening, closing - timedelta(length), late - timedelta(length)])
        found.append((since, since + timedelta(length)))
    return found


def differences(found, expected, inexact=("daily_rate_pct",)):
    """Columns that differ; a percent a day is a power, which two libraries may round differently in the last digit."""
    return {
        column: (found[column], value)
        for column, value in expected.items()
        if not (
            found[column] == value
            or (
                column in inexact
                and None not in (found[column], value)
                and math.isclose(found[column], value, rel_tol=1e-9, abs_tol=1e-11)
            )
        )
    }


def test_every_column_of_series_growth_is_that_of_the_plain_calculation(series, warehouse):
    complete, compared, met = completeness(series), 0, Counter()
    for since, until in windows(200, seed=7):
        rows = by_key(ask(warehouse, "series_growth", since, until))
        assert rows.keys() == series.keys()
        for key, one in series.items():
            expected = one.growth(since, until, complete[one.metric.platform])
            assert rows[key].keys() == expected.keys() | set(NOT_ABOUT_THE_WINDOW)
            wrong = differences(rows[key], expected)
            assert not wrong, f"{key} ({since}, {until}] found, expected: {wrong} of {one.points}"
            identity = {"unit": one.metric.unit, "kind": one.metric.kind, "name": f"Song {key[0]}"}
            assert {name: rows[key][name] for name in identity} == identity
            compared += 1
            met.update(rules_met(one, expected, since, until))
    assert compared >= 10_000
    # the comparison is worth what it has met
    assert set(STATUSES) <= met.keys()
    assert not {rule: count for rule, count in met.items() if count < 1000}, met


def rules_met(one, row, since, until):
    """What a window exercises."""
    points, before = one.points, one.breaks(*window_before(since, until))
    inside = [point for point in one.excursions if since < point.day <= until]
    anchors = {max((point for point in points if point.day <= day), default=None) for day in (since, until)}
    moved = [point for point in one.excursions if point.restated]
    holds = {
        row["status"]: True,
        "excursion in the window": inside,
        "excursion at the first or last day": anchors & set(one.excursions),
        "excursion of ten": len(inside) >= 10,
        "correction": row["correction_count"],
        "restatement": row["restatement_count"],
        "reset": row["reset_count"],
        "relink": row["relink_count"],
        "relink of a known size": row["relink_count"] and row["growth"] is not None,
        "boundary": any(point.restated and since < point.day <= until for point in points),
        "boundary on an excursion": any(since < point.day <= until for point in moved),
        "window before is broken": row["growth_pct"] is not None
        and row["previous_gained"]
        and (before["reset"] or before["restatement"] or before["relinked"]),
        "is new": row["is_new"],
        "unconfirmed end": row["end_observed_date"] in one.unconfirmed,
        "flow": one.metric.kind == "flow",
        "flow with a percent": one.metric.kind == "flow" and row["growth_pct"] is not None,
        "flow without a window before": one.metric.kind == "flow" and row["status"] == "no_base",
        "flow on two scales": one.metric.kind == "flow" and row["status"] == "restated_in_window",
        "flow with holes": one.metric.kind == "flow" and row["status"] == "low_coverage",
        "gauge or index": one.metric.correction is None and one.metric.kind != "flow",
        "excursion of a gauge or index": one.metric.correction is None and inside,
    }
    return [rule for rule, met in holds.items() if met]


def test_every_observation_is_judged_by_its_rule(series, warehouse):
    rows = warehouse.execute("""
        select subject_id, metric_id, observed_date, change_class, is_outlier
        from metrics.fct_observations
        inner join metrics.dim_series on fct_observations.series_id = dim_series.series_id
    """).fetchall()
    found = {row[:3]: row[3:] for row in rows}
    assert len(found) == len(rows) == sum(len(one.points) for one in series.values())
    for key, one in series.items():
        expected = {step.day: step.change_class for step in one.steps} | {one.sound[0].day: "first"}
        expected |= {point.day: "outlier" for point in one.excursions}
        for day, name in expected.items():
            judged, off = found[(*key, day)]
            assert off == (name == "outlier"), (key, day, one.points)
            assert name in ("flow", judged), (key, day, judged, name, one.points)


def test_the_sample_as_it_was_built_grows_by_the_plain_calculation(built):
    with duckdb.connect(str(built / "crescendo.duckdb"), read_only=True) as connection:
        rows = connection.execute("""
            select
                observations.subject_id, metric_id, observed_date, value, linked_value, is_restated, began_on
            from intermediate.int_observations_unioned as observations
            inner join metrics.dim_subjects as subjects on observations.subject_id = subjects.subject_id
            order by all
        """).fetchall()
        points = {}
        for subject, metric, day, value, linked_value, is_restated, release in rows:
            if not is_composed(subject):
                points.setdefault((subject, metric), (release, []))[1].append((day, value, linked_value, is_restated))
        series = {key: Series(METRICS[key[1]], found, release) for key, (release, found) in points.items()}
        complete, last = completeness(series), max(row[2] for row in rows)
        # fractions do not add up to the last digit
        broken = {row[1] for row in rows if not (row[3].is_integer() and row[4].is_integer())}
        series = {
            key: Series(
                one.metric, [(at, int(value), int(part), flag) for at, value, part, flag in one.points], one.released
            )
            for key, one in series.items()
            if key[1] not in broken
        }
        assert len(series) > 1000
        for until, length in ((last, 28), (last - timedelta(9), 7), (last - timedelta(40), 365)):
            since = until - timedelta(length)
            found = by_key(ask(connection, "series_growth", since, until))
            assert found.keys() >= series.keys()
            for key, one in series.items():
                wrong = differences(found[key], one.growth(since, until, complete[one.metric.platform]))
                assert not wrong, f"{key} ({since}, {until}] found, expected: {wrong} of {one.points}"


def test_the_windows_of_the_sample_are_those_of_the_calendar(built):
    with duckdb.connect(str(built / "crescendo.duckdb"), read_only=True) as connection:
        complete = dict(
            connection.execute("select platform, complete_through_date from metrics.platform_completeness").fetchall()
        )
        rows = connection.execute("select * from metrics.growth_windows")
        columns = [column[0] for column in rows.description]
        rows = [dict(zip(columns, row, strict=True)) for row in rows.fetchall()]
        points = connection.execute("""
            select subject_id, metric_id, observed_date, value, linked_value, is_restated
            from intermediate.int_observations_unioned order by all
        """).fetchall()
        releases = dict(connection.execute("select subject_id, began_on from metrics.dim_subjects").fetchall())
    found = {}
    for subject, metric, *point in points:
        found.setdefault((subject, metric), []).append(tuple(point))
    assert len(rows) > 5000
    compared, series = Counter(), {}
    for row in rows:
        key = row["subject"], f"{row['platform']}:{row['metric']}"
        if key not in found or not all(value.is_integer() for _, value, _, _ in found[key]):
            continue  # fractions do not add up to the last digit
        if key not in series:
            series[key] = Series(METRICS[key[1]], found[key], releases[key[0]])
        expected = growth_window(series[key], row["window_name"], complete[row["platform"]])
        expected = {name: value for name, value in expected.items() if name in row}
        assert {"compared_gained", "year_compared_gained", "period_change_pct", "year_change_pct"} <= expected.keys()
        assert not differences(row, expected), (key, row["window_name"])
        compared[row["window_name"]] += 1
    assert sum(compared.values()) > 5000 and len(compared) == 6


def steady(until, days):
    """A song that gains a thousand every day."""
    return [(until - timedelta(days - number), 10**6 + 1000 * number) for number in range(days + 1)]


@pytest.mark.parametrize(
    "end",
    [
        *["2024-02-29", "2024-03-31", "2024-12-31", "2025-02-28", "2025-03-01", "2025-03-31", "2025-12-31"],
        *["2023-07-31", "2024-01-01", "2024-07-30"],
    ],
)
def test_what_grows_alike_every_day_changes_by_nothing_whatever_the_calendar(nodes, end):
    end = date.fromisoformat(end)
    one = Series(METRICS["spotify:streams"], steady(end, 800))
    with observe({("song:1", "spotify:streams"): one}, nodes, wanted=("growth_windows",)) as connection:
        found = connection.execute("from metrics.growth_windows")
        columns = [column[0] for column in found.description]
        rows = [dict(zip(columns, row, strict=True)) for row in found.fetchall()]
    assert len(rows) == 6
    for row in rows:
        expected = growth_window(one, row["window_name"], end)
        assert not differences(row, {name: value for name, value in expected.items() if name in row}), row[
            "window_name"
        ]
        assert row["period_change_pct"] == row["year_change_pct"] == 0.0, row["window_name"]


@pytest.mark.parametrize("until", ["2024-03-01", "2024-02-01"], ids=["no days", "reversed"])
def test_a_window_without_days_is_refused(warehouse, until):
    with pytest.raises(duckdb.InvalidInputException, match="to_date must be after from_date"):
        ask(warehouse, "series_growth", "2024-03-01", until)


class Credit:
    """What the catalogue says of a song: its recording, whether that has more songs, its artists and its labels."""

    def __init__(self, recording, names, is_primary=True, has_twin=False, labels=()):
        self.recording, self.names, self.is_primary, self.has_twin = recording, names, is_primary, has_twin
        self.labels = labels

    def groups(self):
        """The groups of its domain that it belongs to."""
        return {f"artist:{name}" for name in self.names} | {f"label:{name}" for name in self.labels}


@pytest.fixture(scope="session")
def catalogue_of_songs(series):
    """Songs alone and songs in twos and threes of one recording, with one artist or two: song -> credit."""
    draw, songs, waiting = random.Random(11), {}, sorted({subject for subject, _ in series})
    while waiting:
        together = sorted(
            waiting.pop(draw.randrange(len(waiting))) for _ in range(min(draw.choice([1, 1, 2, 3]), len(waiting)))
        )
        for song in together:
            names = draw.sample("abcdef", draw.choice([1, 1, 2]))
            labels = draw.sample("lmn", draw.choice([0, 1, 1, 2]))
            songs[song] = Credit(together[0], names, song == together[0], len(together) > 1, labels)
    return songs


@pytest.fixture(scope="session")
def catalogued(series, catalogue_of_songs):
    """The series with those of the recordings of several songs: one in each metric that any of its songs has."""
    draw, made = random.Random(14), dict(series)
    wanted = {
        (f"recording:{catalogue_of_songs[song].recording}", metric)
        for song, metric in series
        if catalogue_of_songs[song].has_twin
    }
    for subject, metric in sorted(wanted):
        points = messy(draw, metric)
        made[subject, metric] = Series(METRICS[metric], points, released(draw, points))
    return made


def publish(series, nodes, songs):
    """A warehouse of songs, their recordings, artists a to f and labels l to n; songs: song -> credit."""
    connection = duckdb.connect()
    connection.execute("create schema if not exists audience")
    columns = "song_id varchar, subject_id varchar, recording_id varchar, is_primary_recording boolean"
    tables = {
        f"dim_songs({columns}, has_twin boolean, artist_credit varchar)": [
            (song, song, one.recording, one.is_primary, one.has_twin, " & ".join(one.names))
            for song, one in songs.items()
        ],
        "bridge_songs_x_artists(song_id varchar, artist_id varchar)": [
            (song, name) for song, one in songs.items() for name in one.names
        ],
        "bridge_songs_x_labels(song_id varchar, label_id varchar)": [
            (song, name) for song, one in songs.items() for name in one.labels
        ],
        "bridge_songs_x_genres(song_id varchar, music_genre_id varchar)": [],
        "bridge_albums_x_songs(album_id varchar, song_id varchar)": [],
        "bridge_artists_x_genres(artist_id varchar, music_genre_id varchar)": [],
    }
    for table, rows in tables.items():
        connection.execute(f"create table audience.{table}")
        if rows:
            insert(connection, f"audience.{table.split('(')[0]}", rows)
    connection.execute("""
        create schema intermediate;
        create table intermediate.int_listening_memberships(
            subject_id varchar, group_id varchar, group_type varchar, weight double, counts boolean
        );
        create table intermediate.int_films_memberships as from intermediate.int_listening_memberships
    """)
    described = {f"artist:{name}": ("artist", name.upper(), None, True, False) for name in "abcdef"}
    described |= {f"label:{name}": ("label", name.upper(), None, True, False) for name in "lmn"}
    for song, one in songs.items():
        counted_by = f"recording:{one.recording}" if one.has_twin else None
        described[song] = ("song", f"Song {song}", counted_by, one.is_primary, False)
    observe(series, nodes, wanted=GROUPED, connection=connection, described=described)
    return connection


@pytest.fixture(scope="session")
def label(catalogued, nodes, catalogue_of_songs):
    with publish(catalogued, nodes, catalogue_of_songs) as connection:
        yield connection


# members' gains a day are fractions, and their sum is rounded
OF_GROUPS = ("daily_rate_pct", "period_change_pct")


def members(series, songs):
    """(group, metric) -> the series it counts: each recording in full, once, for each group of any of its songs."""
    groups = {}
    for (subject, metric), one in series.items():
        if is_composed(subject):
            credited = [credit for credit in songs.values() if f"recording:{credit.recording}" == subject]
        elif not songs[subject].has_twin:
            credited = [songs[subject]]
        else:
            continue  # its recording counts it
        own = {group for credit in credited for group in credit.groups()}
        for group in sorted(own | {f"platform:{one.metric.platform}"}):
            groups.setdefault((group, metric), []).append(one)
    return groups


def twins(series, songs, group, metric):
    """Songs with the metric, of a group, that are counted by their recording, less the recordings that count them."""
    counted = {
        song: credit.recording
        for song, credit in songs.items()
        if credit.has_twin and (song, metric) in series and (group.startswith("platform:") or group in credit.groups())
    }
    return len(counted) - len(set(counted.values()))


def of_groups(connection, kind, since, until):
    """What artists, platforms and labels answer."""
    labels = [row for row in ask(connection, f"group_{kind}", since, until) if row["subject_type"] == "label"]
    return ask(connection, f"artist_{kind}", since, until) + ask(connection, f"platform_{kind}", since, until) + labels


def test_recordings_add_up_to_their_artists_platforms_and_labels(catalogued, label, catalogue_of_songs):
    complete, groups = completeness(catalogued), members(catalogued, catalogue_of_songs)
    additive = {key for key in groups if METRICS[key[1]].additive}
    met = Counter()
    for since, until in windows(60, seed=8):
        answers = of_groups(label, "growth", since, until)
        found = by_key(answers)
        assert found.keys() == additive and len(answers) == len(found)
        for key in additive:
            row, platform = found[key], METRICS[key[1]].platform
            expected = group_growth(groups[key], since, until, complete[platform])
            expected["twin_count"] = twins(catalogued, catalogue_of_songs, *key)
            wrong = differences(row, expected, OF_GROUPS)
            assert not wrong, f"{key} ({since}, {until}] found, expected: {wrong}"
            met.update([expected["status"], *[part for part in expected if part.endswith("_count") and expected[part]]])
    # a group of which all members have a stale base, a relink or an unconfirmed end is too rare to be drawn
    common = {*STATUSES} - {"stale_base", "unconfirmed_end", "relinked_in_window"}
    assert {*common, "twin_count", "restated_count", "lost_count", "new_count"} <= met.keys(), met


@pytest.mark.parametrize("against", ["previous", "year"])
@pytest.mark.parametrize("kind", ["growth", "averages"])
def test_a_group_is_compared_over_the_members_that_both_windows_can_compare(
    catalogued, label, catalogue_of_songs, kind, against
):
    """What `--against` says of artists, platforms, labels and songs, in windows of any length and in whole months."""
    groups, met = members(catalogued, catalogue_of_songs), Counter()
    compare = change_against if kind == "growth" else average_against
    asked = [({"from_date": since, "to_date": until}, (since, until)) for since, until in windows(12, 21)[5:]]
    asked += [({"window": name}, None) for name in ("2024-03", "2024-10", "2024-Q2")]
    for words, window in asked:
        for by in ("artist", "platform", "label", "song"):
            question = Question(kind, by=by, metric="all", against=against, **words)
            answer = answered(question, label, notes=[])
            for row in (dict(zip(answer.columns, row, strict=True)) for row in answer.rows):
                key = (row["subject_id"], f"{row['platform']}:{row['metric']}")
                own = row["from_date"], row["compared_to_date"]
                other = row["against_from_date"], row["against_to_date"]
                assert own[1] - own[0] == other[1] - other[0] and (not window or window == own)
                change, count = compare(groups[key] if by != "song" else [catalogued[key]], own, other)
                said = row["against_change_pct"], row["compared_count"]
                assert said == (pytest.approx(change), count), f"{key} {own} {other}"
                met[by, change is None, count > 1] += 1
    assert {(by, is_none, False) for by in ("artist", "song") for is_none in (True, False)} <= met.keys(), met
    assert met["platform", False, True] and met["label", False, True]


def test_a_song_grows_as_its_series(label, catalogue_of_songs):
    for since, until in windows(10, seed=8):
        plain = by_key(ask(label, "series_growth", since, until))
        for key, row in by_key(ask(label, "song_growth", since, until)).items():
            assert row == plain.pop(key) | {name: row[name] for name in ("artist_credit", "is_primary_recording")}
            assert row["is_primary_recording"] == catalogue_of_songs[key[0]].is_primary
        assert all(is_composed(subject) for subject, _ in plain)


def test_an_artist_whose_recordings_are_all_another_s_has_all_of_them(nodes):
    """Neighbours of one kind: two to six songs of a recording, each of an artist of its own, in any order of ids."""
    draw = random.Random(15)
    for count in (2, 3, 4, 5, 6):
        names = draw.sample("abcdef", count)
        songs = {f"song:{number}": Credit("song:0", [name], number == 0, True) for number, name in enumerate(names)}
        one = Series(METRICS["spotify:streams"], steady(LAST, 99))
        series = {(song, "spotify:streams"): one for song in [*songs, "recording:song:0"]}
        with publish(series, nodes, songs) as connection:
            since, until = LAST - timedelta(30), LAST
            rows = ask(connection, "artist_growth", since, until) + ask(connection, "platform_growth", since, until)
            found = {row["subject"]: (row["growth"], row["same_count"], row["twin_count"]) for row in rows}
        expected = {f"artist:{name}": (30_000, 1, 0) for name in names}
        assert found == expected | {"platform:spotify": (30_000, 1, count - 1)}


def test_what_platforms_count_of_artists_stands_beside_their_songs(nodes):
    draw = random.Random(12)
    kept = [(f"artist:{name}", metric) for name in "abcd" for metric in ("audiomack:plays", "spotify:popularity")]
    series = {key: Series(METRICS[key[1]], messy(draw, key[1])) for key in [*kept, ("song:1", "audiomack:plays")]}
    for name in "xyz":  # they report every day
        for metric in ("audiomack:plays", "spotify:popularity"):
            series[f"track:{name}", metric] = Series(METRICS[metric], steady(LAST, (LAST - FIRST).days))
    complete, met = completeness(series), set()
    with publish(series, nodes, {"song:1": Credit("song:1", ["a", "b"])}) as connection:
        for since, until in windows(40, seed=13):
            answers = ask(connection, "artist_growth", since, until) + ask(connection, "platform_growth", since, until)
            found = {(row["subject"], f"{row['platform']}:{row['metric']}", row["member_type"]): row for row in answers}
            assert len(found) == len(answers)
            for subject, metric in kept:
                row, one = found.pop((subject, metric, "artist")), series[subject, metric]
                wrong = differences(row, group_growth([one], since, until, complete[one.metric.platform]), OF_GROUPS)
                assert not wrong, f"{subject} {metric} ({since}, {until}] found, expected: {wrong} of {one.points}"
                met.add(row["status"])
            plays = [series[f"artist:{name}", "audiomack:plays"] for name in "abcd"]
            expected = group_growth(plays, since, until, complete["audiomack"])
            row = found.pop(("platform:audiomack", "audiomack:plays", "artist"))
            assert not differences(row, expected, OF_GROUPS)
            # points of several artists do not add up, and a song's plays are its own
            song = [("artist:a", "song"), ("artist:b", "song"), ("platform:audiomack", "song")]
            song += [("platform:audiomack", "track")]
            assert {(subject, member) for subject, _, member in found} == set(song)
    assert {"ok", "stale_end", "no_base"} <= met


def test_members_gains_are_added_up_a_day_if_their_anchors_are_not_equally_far_apart(nodes):
    """One gains 200 a day between six days, after 100 between eight; the other 100 as before, between eight and six."""
    metric, first = METRICS["instagram:followers"], LAST - timedelta(100)
    slow = [(first + timedelta(number), 10_000 + 100 * number) for number in range(1, 101, 2)]
    fast = [(first + timedelta(n), 10_000 + 100 * n + 100 * max(n - 86, 0)) for n in range(0, 101, 2)]
    series = {("artist:a", "instagram:followers"): Series(metric, slow)}
    series |= {("artist:b", "instagram:followers"): Series(metric, fast)}
    since, until = first + timedelta(86), first + timedelta(93)
    with publish(series, nodes, {}) as connection:
        [row] = ask(connection, "platform_growth", since, until)
        assert not differences(row, group_growth([*series.values()], since, until, LAST), OF_GROUPS)
        # from 200 a day to 300
        assert (row["period_change_pct"], row["growth_per_day"], row["anchored_days"]) == (50, 300, None)
        rows = ask(connection, "artist_growth", since, until)
        assert {(row["period_change_pct"], row["anchored_days"]) for row in rows} == {(0, 8), (100, 6)}


def changes_scale(one, since, until):
    """Whether the days that an average is of are on two scales."""
    breaks = one.breaks(since, min(until, one.confirmed[-1].day)) if one.confirmed else {}
    return any(breaks.get(kind) for kind in ("reset", "restatement", "relinked"))


def test_averages_are_those_of_the_plain_calculation(catalogued, label, catalogue_of_songs):
    groups, unconfirmed = members(catalogued, catalogue_of_songs), 0
    for since, until in windows(40, seed=9):
        found = by_key(ask(label, "series_averages", since, until))
        seen = {key for key, one in catalogued.items() if one.days_in(since, until)}
        assert found.keys() == seen
        for key in seen:
            one = catalogued[key]
            confirmed = len(within(one.confirmed, since, until))
            expected = {
                "average_per_observed_day": one.average(since, until),
                "latest_value": one.confirmed_level(until),
                "observed_days": confirmed,
                "unconfirmed_days": one.days_in(since, until) - confirmed,
                "changes_scale": changes_scale(one, since, until),
            }
            unconfirmed += confirmed < one.days_in(since, until)
            wrong = differences(found[key], expected)
            assert not wrong, f"{key} ({since}, {until}]: {wrong} of {catalogued[key].points}"
        songs = by_key(ask(label, "song_averages", since, until))
        assert songs.keys() == {key for key in seen if not is_composed(key[0])}
        for key, row in songs.items():
            one = found[key]
            assert (row["average_per_observed_day"], row["n_days"]) == (
                one["average_per_observed_day"],
                one["observed_days"],
            )
            assert row["average_latest_value"] == row["median_latest_value"] == one["latest_value"]
        for key, row in by_key(of_groups(label, "averages", since, until)).items():
            songs = [one for one in groups[key] if one.days_in(since, until)]
            seen_of = [name for name, one in catalogued.items() if any(one is song for song in songs)]
            levels = [level for one in songs if (level := one.confirmed_level(until)) is not None]
            assert (row["member_count"], row["median_latest_value"]) == (len(songs), median(levels) if levels else None)
            assert row["rescaled_count"] == sum(changes_scale(one, since, until) for one in songs)
            assert row["average_latest_value"] == (pytest.approx(sum(levels) / len(levels)) if levels else None)
            averages = [average for one in songs if (average := one.average(since, until)) is not None]
            expected = pytest.approx(sum(averages) / len(averages), rel=1e-9) if averages else None
            assert row["average_per_observed_day"] == expected
            days = sum(expected_days(one.metric, since, until) for one in songs)
            # up to the last confirmed observation
            covered = sum(
                min(found[one]["observed_days"], expected_days(METRICS[one[1]], since, until)) for one in seen_of
            )
            assert row["coverage_ratio"] == pytest.approx(covered / days)
    assert unconfirmed > 20  # and so the drawn windows meet ends that are not confirmed


# days around the observations; three of them are two adjacent windows
day = st.integers(-20, (LAST - FIRST).days + 20).map(lambda number: FIRST + timedelta(number))
days = st.lists(day, min_size=3, max_size=3, unique=True).map(sorted)
often = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@given(days)
@often
def test_adjacent_windows_add_up(warehouse, between):
    first, middle, last = between
    adjacent = [ask_all(warehouse, *window) for window in ((first, middle), (middle, last), (first, last))]
    for one, two, whole in zip(*adjacent, strict=True):
        for column in ("growth", "gained"):
            if one[column] is not None and two[column] is not None:
                assert one[column] + two[column] == whole[column]
        for column in ("observed_days", *COUNTS):
            assert one[column] + two[column] == whole[column]


@given(days)
@often
def test_status_and_percent_say_the_same_and_every_number_is_one(warehouse, between):
    for row in ask_all(warehouse, between[0], between[2]):
        is_flow = row["kind"] == "flow"
        shown = row["status"] in PERCENT and not (is_flow and row["status"] == "low_coverage")
        assert (row["growth_pct"] is not None) == shown
        # no root of a negative number
        rated = shown and not is_flow and row["start_value"] + row["growth"] >= 0
        assert (row["daily_rate_pct"] is not None) == rated
        assert row["period_change_pct"] is None or row["growth_pct"] is not None
        if shown and is_flow:
            assert row["growth_pct"] == row["period_change_pct"]
            before = row["previous_gained"]
            assert (1 + row["growth_pct"] / 100) * before == pytest.approx(row["growth"], abs=1e-12 * before)
        elif shown:
            assert row["growth_pct"] * row["start_value"] / 100 == pytest.approx(row["growth"], rel=1e-12, abs=1e-9)
        assert all(math.isfinite(value) for value in row.values() if isinstance(value, float))
        assert None not in [row[column] for column in ("status", "is_new", "observed_days", "coverage_ratio")]


def ask_all(connection, since, until):
    return sorted(ask(connection, "series_growth", since, until), key=lambda row: row["series_id"])


# a few short series: gaps of days and values that meet all thresholds
short = st.lists(st.tuples(st.integers(1, 12), st.integers(0, 3000)), min_size=1, max_size=12)
worlds = st.lists(st.tuples(st.sampled_from(sorted(set(KINDS))), short), min_size=1, max_size=4)
seldom = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def small(world):
    made = {}
    for number, (metric, steps) in enumerate(world):
        day, points = FIRST, []
        for gap, value in steps:
            day += timedelta(gap)
            points.append((day, value))
        made[f"song:{number}", metric] = Series(METRICS[metric], points)
    return made


@given(worlds, st.randoms(use_true_random=False), st.integers(-3, 60), st.integers(1, 60))
@seldom
def test_the_order_of_rows_means_nothing(nodes, world, order, opens, length):
    window = FIRST + timedelta(opens), FIRST + timedelta(opens + length)
    one, other = observe(small(world), nodes), observe(small(world), nodes, order)
    assert ask_all(one, *window) == ask_all(other, *window)
    stored = "from metrics.fct_observations"
    assert one.execute(stored).fetchall() == other.execute(stored).fetchall()


def test_scaling_all_values_changes_no_percent(series, warehouse, nodes):
    larger = {
        key: Series(one.metric, [(at, 3 * value, 3 * part, flag) for at, value, part, flag in one.points], one.released)
        for key, one in series.items()
    }
    percents = 0
    with observe(larger, nodes) as scaled:
        for window in windows(40, seed=10):
            for one, other in zip(ask_all(warehouse, *window), ask_all(scaled, *window), strict=True):
                for column in ("growth_pct", "period_change_pct", "daily_rate_pct", "coverage_ratio", *COUNTS):
                    assert one[column] == other[column]
                for column in ("start_value", "end_value", "growth", "gained", "previous_gained"):
                    assert (one[column] and 3 * one[column]) == other[column]
                # only the least base knows a size
                assert one["status"] == other["status"] or one["status"] == "low_base"
                percents += one["growth_pct"] is not None
    assert percents > 500


def test_loading_again_changes_no_figure(tmp_path, nodes, monkeypatch):
    draw = random.Random(3)
    records = [reports.song(number, title=f"{number}", timeSeries=_shown(draw)) for number in range(1, 13)]
    answers = []
    for times in (1, 3):
        monkeypatch.setenv("CRESCENDO_DB", str(tmp_path / f"{times}.duckdb"))
        for time in range(times):
            file = tmp_path / f"songs-audience-report-{time}.jsonl"
            file.write_text(reports.json_lines(draw.sample(records, len(records)) if time else records))
            load([file])
        with duckdb.connect(str(tmp_path / f"{times}.duckdb")) as connection:
            construct(connection, nodes)
            answers.append([ask_all(connection, *window) for window in windows(15, seed=5)])
    assert len(answers[0][0]) == 24
    assert answers[0] == answers[1]


def _shown(draw):
    """The time series of a record, as a report has it."""
    sides = ((reports.STREAMS, "spotify:streams", 10**12), (reports.POPULARITY, "spotify:popularity", 101))
    shown = {}
    for column, metric, limit in sides:
        for point in messy(draw, metric):
            shown.setdefault(point.day, {"date": f"{point.day}T00:00:00+00:00"})[column] = abs(point.value) % limit
    return [shown[at] for at in sorted(shown)]
