"""The proof of growth: the compiled models against a plain calculation, to the last digit, and what always holds.

The models run as dbt compiled them, in a database in memory that holds made-up observations in place of loaded ones.
"""

import json
import math
import random
from datetime import date, timedelta
from graphlib import TopologicalSorter
from statistics import median

import duckdb
import pandas as pd
import pytest
import reports
from conftest import ROOT
from crescendo.load import load
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from plain_growth import PERCENT, Series, catalogue, complete_through

METRICS = catalogue(ROOT / "seeds" / "metric_catalog.csv")
# a daily and a two-daily counter, gauge, index, flow and rolling
KINDS = (
    *["spotify:streams"] * 6,
    *["tiktok:likes", "youtube:views", "instagram:followers", "deezer:followers"] * 2,
    "spotify:popularity",
    "airplay:spins",
    "spotify:monthly_listeners",
)
FIRST, LAST = date(2023, 10, 1), date(2025, 2, 1)
NOT_ABOUT_THE_WINDOW = ("subject", "name", "platform", "metric", "unit", "series_id", "subject_type", "kind")
GROUPED = ("song_averages", "song_growth", "artist_growth", "platform_growth", "artist_averages", "platform_averages")


@pytest.fixture(scope="session")
def nodes(built):
    """Everything dbt compiled: name -> node of the manifest."""
    found = json.loads((built / "target" / "manifest.json").read_text())["nodes"]
    made = [node for node in found.values() if node.get("compiled_code") or node["resource_type"] == "seed"]
    return {node["name"]: node for node in made}


def construct(connection, nodes, wanted=("series_growth",)):
    """Make the wanted models and what they rest on, but for what is already there."""
    made = {name for (name,) in connection.execute("select table_name from information_schema.tables").fetchall()}
    parents, waiting = {}, [*wanted]
    while waiting:
        name = waiting.pop()
        if name not in parents and name not in made:
            parents[name] = [key.split(".")[-1] for key in nodes[name]["depends_on"].get("nodes", [])]
            parents[name] = [parent for parent in parents[name] if parent in nodes]
            waiting += parents[name]
    for name in TopologicalSorter(parents).static_order():
        if name not in made:
            node = nodes[name]
            connection.execute(f"create schema if not exists {node['schema']}")
            connection.execute(_statement(node))


def _statement(node):
    relation = f"{node['schema']}.{node['name']}"
    if node["resource_type"] == "seed":
        file = ROOT / node["original_file_path"]
        types = node["config"].get("column_types")
        return f"create table {relation} as from read_csv('{file}'{f', types = {types}' if types else ''})"
    if node["config"]["materialized"] == "table_function":
        parameters = ", ".join(node["config"]["parameters"])
        return f"create function {relation}({parameters}) as table ({node['compiled_code']})"
    kind = "view" if node["config"]["materialized"] == "view" else "table"
    return f"create {kind} {relation} as {node['compiled_code']}"


def observe(series, nodes, order=None, wanted=("series_growth",), connection=None):
    """A warehouse that holds these series (subject, metric) -> Series, its rows in an order of their own."""
    connection = connection or duckdb.connect()
    connection.execute("set threads to 1; create schema metrics; create schema intermediate")
    rows = [(*key, day, value) for key, one in series.items() for day, value in one.points]
    (order or random.Random(1)).shuffle(rows)
    columns = "subject_id varchar, metric_id varchar, observed_date date, value double"
    connection.execute(f"create table intermediate.int_observations_unioned({columns})")
    # where else a metric or a platform may be spoken of
    connection.execute("create table intermediate.int_places_resolved(metric_id varchar)")
    connection.execute("create schema if not exists audience; create table audience.dim_charts(platform varchar)")
    connection.execute("create table audience.dim_playlists(platform varchar)")
    columns = "subject_id varchar, subject_type varchar, name varchar, release_date date"
    connection.execute(f"create table metrics.dim_subjects({columns})")
    subjects = {subject: ("song", f"Song {subject}", one.released) for (subject, _), one in series.items()}
    _insert(connection, "intermediate.int_observations_unioned", rows)
    _insert(connection, "metrics.dim_subjects", [(subject, *rest) for subject, rest in subjects.items()])
    construct(connection, nodes, wanted)
    return connection


def _insert(connection, table, rows):
    frame = pd.DataFrame(rows).astype(object)  # noqa: F841, DuckDB finds it by its name
    connection.execute(f"insert into {table} from frame")


def ask(connection, function, since, until):
    """Rows of a table function as dictionaries."""
    found = connection.execute(f"from metrics.{function}('{since}', '{until}')")
    columns = [column[0] for column in found.description]
    return [dict(zip(columns, row, strict=True)) for row in found.fetchall()]


def by_key(rows):
    return {(row["subject"], f"{row['platform']}:{row['metric']}"): row for row in rows}


def messy(draw, metric, first=FIRST, last=LAST):
    """A series with all that goes wrong: gaps, leaps, dips, corrections, restatements, resets, zeros, early ends."""
    day = first + timedelta(draw.randrange((last - first).days))
    end = draw.choice([last, last, last - timedelta(draw.randrange(9)), day + timedelta(draw.randrange(200))])
    step = draw.choice([1, 1, 1, 2, 7])
    kind, points = METRICS[metric].kind, []
    level = draw.choice([0, 1, 40, 900, 1000, 10_000, 100_000, 10**9])
    level = -level if kind == "gauge" and draw.random() < 0.1 else level
    while day <= min(end, last):
        shown = level
        match draw.randrange(24 if draw.random() < 0.5 else 500):
            case 0:
                shown = level * draw.randint(2, 90) + draw.randrange(9)  # a leap
            case 1:
                shown = draw.choice([0, 1, level // 3, level * 98 // 100])  # a dip
            case 2:
                level = shown = level - abs(level) // draw.choice([100, 101, 500])
            case 3:
                level = shown = level - abs(level) // draw.choice([2, 3, 20, 100])
            case 4:
                level = shown = draw.choice([0, abs(level) // 9, abs(level) // 2 - 1])
            case 5:
                level = shown = level * 2 + 50  # up, and it stays
            case 6:
                day += timedelta(draw.choice([2, 3, 6, 7, 8, 9, 14, 15, 16, 30, 60]))
        if day <= min(end, last):
            points.append((day, max(shown, 0) if kind in ("counter", "flow") else shown))
        day += timedelta(step)
        drift = draw.randint(0, max(abs(level) // 50, 3)) if draw.random() < 0.8 else 0
        level += drift if kind == "counter" or draw.random() < 0.5 else -drift
        level = max(level, 0) if kind in ("counter", "flow") else level
    return points or [(day, level)]


def released(draw, points):
    """The day of release as a catalogue knows it: mostly the first day, or near it, or not at all."""
    return draw.choice([None, points[0][0], points[0][0] - timedelta(draw.randrange(40)), LAST + timedelta(9)])


@pytest.fixture(scope="session")
def series():
    draw = random.Random(20260101)
    made = {}
    for number in range(100):
        metric = draw.choice(KINDS)
        points = messy(draw, metric)
        made[f"song:{number:03}", metric] = Series(METRICS[metric], points, released(draw, points))
    for number, metric in enumerate(sorted(set(KINDS))):
        # falls of exactly a hundredth and exactly half, of a little more and a little less
        falls = [(FIRST + timedelta(day), value) for day, value in enumerate((10_000, 9_900, 4_950, 2_474, 2_450))]
        zeros = [(FIRST + timedelta(day), 0) for day in range(99)]
        for points in ([(FIRST, 5000)], [(FIRST, 0), (LAST, 7)], falls, zeros):
            made[f"song:plain-{number}-{len(points)}", metric] = Series(METRICS[metric], points)
    return made


@pytest.fixture(scope="session")
def warehouse(series, nodes):
    with observe(series, nodes) as connection:
        yield connection


def completeness(series):
    spans = {}
    for (_, metric), one in series.items():
        spans.setdefault(METRICS[metric].platform, []).append((one.points[0][0], one.points[-1][0]))
    return {platform: complete_through(found) for platform, found in spans.items()}


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
        length = draw.choice([1, 2, 3, 7, 8, 15, 28, 30, 90, 365, draw.randint(1, 500)])
        since = FIRST + timedelta(draw.randint(-20, (LAST - FIRST).days + 5))
        found.append((since, since + timedelta(length)))
    return found


def differences(found, expected):
    """Columns that differ; a percent a day is a power, which two libraries may round differently in the last digit."""
    return {
        column: (found[column], value)
        for column, value in expected.items()
        if not (
            found[column] == value
            or (
                column == "daily_rate_pct"
                and None not in (found[column], value)
                and math.isclose(found[column], value, rel_tol=1e-9, abs_tol=1e-11)
            )
        )
    }


def test_every_column_of_series_growth_is_that_of_the_plain_calculation(series, warehouse):
    complete, compared, seen = completeness(series), 0, set()
    for since, until in windows(260, seed=7):
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
            seen.add((one.metric.kind, expected["status"]))
    assert compared >= 10_000
    # the comparison is worth what it has met: every status a counter can have
    assert len({status for kind, status in seen if kind == "counter"}) == 11, seen


def test_the_sample_as_it_was_built_grows_by_the_plain_calculation(built):
    series = {}
    with duckdb.connect(str(built / "crescendo.duckdb"), read_only=True) as connection:
        rows = connection.execute("""
            select observations.subject_id, metric_id, observed_date, value, release_date
            from intermediate.int_observations_unioned as observations
            inner join metrics.dim_subjects as subjects on observations.subject_id = subjects.subject_id
            order by all
        """).fetchall()
        for subject, metric, day, value, release in rows:
            series.setdefault((subject, metric), Series(METRICS[metric], [], release)).points.append((day, value))
        complete, last = completeness(series), max(row[2] for row in rows)
        # fractions do not add up to the last digit
        broken = {metric for _, metric, _, value, _ in rows if not value.is_integer()}
        series = {key: one for key, one in series.items() if key[1] not in broken}
        for one in series.values():
            one.points = [(day, int(value)) for day, value in one.points]
        assert len(series) > 1000
        for until, length in ((last, 28), (last - timedelta(9), 7), (last - timedelta(40), 365)):
            since = until - timedelta(length)
            found = by_key(ask(connection, "series_growth", since, until))
            assert found.keys() >= series.keys()
            for key, one in series.items():
                wrong = differences(found[key], one.growth(since, until, complete[one.metric.platform]))
                assert not wrong, f"{key} ({since}, {until}] found, expected: {wrong} of {one.points}"


def year_earlier(day):
    return day.replace(year=day.year - 1, day=28 if (day.month, day.day) == (2, 29) else day.day)


def dated(name, end):
    """A named window that ends on a day, the one before it, and the same a year earlier."""
    month, year = end.replace(day=1) - timedelta(1), date(end.year - 1, 12, 31)
    last_month = month.replace(day=1) - timedelta(1)
    match name.split():
        case [number, "days"]:
            begin = end - timedelta(int(number))
            before = (begin - timedelta(int(number)), begin)
        case ["month", *_]:
            begin = month
            before = (last_month, min(last_month + (end - month), month))
        case ["year", *_]:
            begin = year
            before = (year_earlier(year), year_earlier(end))
    return (begin, end), before, (year_earlier(begin), year_earlier(end))


def test_the_windows_of_the_sample_are_those_of_the_calendar(built):
    with duckdb.connect(str(built / "crescendo.duckdb"), read_only=True) as connection:
        complete = dict(
            connection.execute("select platform, complete_through_date from metrics.platform_completeness").fetchall()
        )
        rows = connection.execute("select * from metrics.growth_windows")
        columns = [column[0] for column in rows.description]
        rows = [dict(zip(columns, row, strict=True)) for row in rows.fetchall()]
        asked = {}
        for platform, name in {(row["platform"], row["window_name"]) for row in rows}:
            for window in dated(name, complete[platform]):
                asked[window] = asked.get(window) or by_key(ask(connection, "series_growth", *window))
    assert len(rows) > 5000 and len(asked) > 20
    for row in rows:
        key = row["subject"], f"{row['platform']}:{row['metric']}"
        window, before, year_before = dated(row["window_name"], complete[row["platform"]])
        now, then, once = (asked[each].get(key) for each in (window, before, year_before))
        expected = {name: now[name] for name in row.keys() & now.keys() - {"previous_gained", "period_change_pct"}}
        expected |= {"previous_from_date": before[0], "previous_to_date": before[1]}
        expected |= {"year_before_from_date": year_before[0], "year_before_to_date": year_before[1]}
        expected |= {"previous_gained": then["gained"], "year_before_gained": once["gained"]}
        for column, base in (("period_change_pct", then["gained"]), ("year_change_pct", once["gained"])):
            shown = now["status"] in PERCENT and base
            expected[column] = 100 * (now["gained"] - base) / base if shown else None
        assert not differences(row, expected), key


@pytest.mark.parametrize("until", ["2024-03-01", "2024-02-01"], ids=["no days", "reversed"])
def test_a_window_without_days_is_refused(warehouse, until):
    with pytest.raises(duckdb.InvalidInputException, match="to_date must be after from_date"):
        ask(warehouse, "series_growth", "2024-03-01", until)


@pytest.fixture(scope="session")
def catalogue_of_songs(series):
    """Songs in twos and threes of one recording, with one artist or two: song -> (is primary, artists)."""
    draw = random.Random(11)
    songs = sorted({subject for subject, _ in series})
    return {song: (draw.random() < 0.7, draw.sample("abcdef", draw.choice([1, 1, 2]))) for song in songs}


def publish(series, nodes, songs):
    """A warehouse of songs and of artists a to f, several metrics to a song; songs: song -> (is primary, artists)."""
    connection = duckdb.connect()
    connection.execute("create schema if not exists audience")
    tables = {
        "dim_songs(song_id varchar, subject_id varchar, is_primary_recording boolean, artist_credit varchar)": [
            (song, song, primary, " & ".join(names)) for song, (primary, names) in songs.items()
        ],
        "bridge_songs_x_artists(song_id varchar, artist_id varchar)": [
            (song, name) for song, (_, names) in songs.items() for name in names
        ],
        "dim_artists(artist_id varchar, subject_id varchar, artist_name varchar)": [
            (name, f"artist:{name}", name.upper()) for name in "abcdef"
        ],
    }
    for table, rows in tables.items():
        connection.execute(f"create table audience.{table}")
        _insert(connection, f"audience.{table.split('(')[0]}", rows)
    return observe(series, nodes, wanted=GROUPED, connection=connection)


@pytest.fixture(scope="session")
def label(series, nodes, catalogue_of_songs):
    with publish(series, nodes, catalogue_of_songs) as connection:
        yield connection


def members(series, songs):
    """A song counts in full for each of its artists: (subject, metric) -> [(is primary, series)]."""
    groups = {}
    for (song, metric), one in series.items():
        primary, names = songs[song]
        for subject in (*[f"artist:{name}" for name in names], f"platform:{one.metric.platform}"):
            groups.setdefault((subject, metric), []).append((primary, one))
    return groups


def test_songs_add_up_to_their_artists_and_platforms(series, label, catalogue_of_songs):
    complete, groups = completeness(series), members(series, catalogue_of_songs)
    additive = {key for key in groups if METRICS[key[1]].additive}
    for since, until in windows(30, seed=8):
        answers = ask(label, "artist_growth", since, until) + ask(label, "platform_growth", since, until)
        found = by_key(answers)
        assert found.keys() == additive and len(answers) == len(found)
        plain = by_key(ask(label, "series_growth", since, until))
        for key, row in by_key(ask(label, "song_growth", since, until)).items():
            assert row == plain.pop(key) | {name: row[name] for name in ("artist_credit", "is_primary_recording")}
            assert row["is_primary_recording"] == catalogue_of_songs[key[0]][0]
        assert not plain
        for key in additive:
            row, grown = (
                found[key],
                [(primary, one.growth(since, until, complete[one.metric.platform])) for primary, one in groups[key]],
            )
            wrong = differences(row, sums(grown))
            assert not wrong, f"{key} ({since}, {until}] found, expected: {wrong}"
            assert (row["growth_pct"] is not None) == (row["status"] in PERCENT)
            if row["growth_pct"] is not None:
                assert row["growth_pct"] == 100 * row["growth"] / row["start_value"]
            parts = (row["growth"] or 0, row["restated_change"], row["new_value"], -row["lost_value"])
            assert row["total_change"] == sum(parts)


def test_what_platforms_count_of_artists_stands_beside_their_songs(nodes):
    draw = random.Random(12)
    kept = [(f"artist:{name}", metric) for name in "abcd" for metric in ("audiomack:plays", "spotify:popularity")]
    series = {key: Series(METRICS[key[1]], messy(draw, key[1])) for key in [*kept, ("song:1", "audiomack:plays")]}
    complete, met = completeness(series), set()
    with publish(series, nodes, {"song:1": (True, ["a", "b"])}) as connection:
        for since, until in windows(40, seed=13):
            grown = {key: one.growth(since, until, complete[one.metric.platform]) for key, one in series.items()}
            answers = ask(connection, "artist_growth", since, until) + ask(connection, "platform_growth", since, until)
            found = {(row["subject"], f"{row['platform']}:{row['metric']}", row["member_type"]): row for row in answers}
            assert len(found) == len(answers)
            for subject, metric in kept:
                row, own = found.pop((subject, metric, "artist")), grown[subject, metric]
                for column in ("start_value", "end_value", "growth", "growth_pct", "gained"):
                    assert row[column] == (own[column] if row["same_count"] else None), (subject, metric, column)
                assert row["status"] == own["status"]
                met.add(row["status"])
            plays = [(True, grown[f"artist:{name}", "audiomack:plays"]) for name in "abcd"]
            assert not differences(found.pop(("platform:audiomack", "audiomack:plays", "artist")), sums(plays))
            # points of several artists do not add up, and a song's plays are its own
            song = [("artist:a", "song"), ("artist:b", "song"), ("platform:audiomack", "song")]
            assert {(subject, member) for subject, _, member in found} == set(song)
            points = [key for key, row in grown.items() if key[1] == "spotify:popularity" and row["observed_days"]]
            counted = {
                (row["n_songs"], row["n_artists"])
                for row in ask(connection, "platform_averages", since, until)
                if (row["metric"], row["member_type"]) == ("popularity", "artist")
            }
            assert counted == ({(0, len(points))} if points else set())
    assert {"ok", "stale_end", "no_base"} <= met


def sums(grown):
    """What becomes of songs in a window, each recording once: [(is primary, its growth)] -> columns of the sum."""
    parts = {"same": [], "new": [], "lost": [], "restated": [], "absent": []}
    for _, row in (pair for pair in grown if pair[0]):
        start, end = row["start_value"] is not None, row["end_value"] is not None
        whole = "restated" if row["restatement_count"] or row["reset_count"] else "same"
        parts[whole if start and end else "new" if end else "lost" if start else "absent"].append(row)

    def total(part, column):
        return sum(row[column] for row in parts[part] if row[column] is not None)

    same = bool(parts["same"]) or None
    # the pace is that of songs that have both windows
    again = [row for row in parts["same"] if row["previous_gained"] is not None]
    now, before = (sum(row[column] for row in again) for column in ("gained", "previous_gained"))
    begun = same and total("same", "start_value") > 0
    return {
        "previous_gained": before if again else None,
        "period_change_pct": 100 * (now - before) / before if begun and again and before else None,
        "start_value": same and total("same", "start_value"),
        "end_value": same and total("same", "end_value"),
        "growth": same and total("same", "end_value") - total("same", "start_value"),
        "gained": same and total("same", "gained"),
        "observed_days": total("same", "observed_days"),
        "expected_days": total("same", "expected_days"),
        "same_count": len(parts["same"]),
        "new_count": len(parts["new"]),
        "new_value": total("new", "end_value"),
        "lost_count": len(parts["lost"]),
        "lost_value": total("lost", "start_value"),
        "restated_count": len(parts["restated"]),
        "restated_change": total("restated", "end_value") - total("restated", "start_value"),
        "twin_count": sum(not primary for primary, _ in grown),
    }


def test_averages_are_those_of_the_plain_calculation(series, label, catalogue_of_songs):
    groups = members(series, catalogue_of_songs)
    for since, until in windows(30, seed=9):
        found = by_key(ask(label, "series_averages", since, until))
        seen = {key for key, one in series.items() if any(since < at <= until for at, _ in one.sound)}
        assert found.keys() == seen
        for key in seen:
            expected = {"average_per_observed_day": series[key].average(since, until)}
            wrong = differences(found[key], expected | {"latest_value": series[key].level(until)})
            assert not wrong, f"{key} ({since}, {until}]: {wrong} of {series[key].points}"
        songs = by_key(ask(label, "song_averages", since, until))
        assert songs.keys() == seen
        for key, row in songs.items():
            one = found[key]
            assert (row["average_per_observed_day"], row["n_days"]) == (
                one["average_per_observed_day"],
                one["observed_days"],
            )
            assert row["average_latest_value"] == row["median_latest_value"] == one["latest_value"]
        answers = ask(label, "artist_averages", since, until) + ask(label, "platform_averages", since, until)
        for key, row in by_key(answers).items():
            songs = [one for primary, one in groups[key] if primary and any(since < at <= until for at, _ in one.sound)]
            levels = [level for one in songs if (level := one.level(until)) is not None]
            assert (row["n_songs"], row["median_latest_value"]) == (len(songs), median(levels) if levels else None)
            assert row["average_latest_value"] == (pytest.approx(sum(levels) / len(levels)) if levels else None)
            averages = [average for one in songs if (average := one.average(since, until)) is not None]
            expected = pytest.approx(sum(averages) / len(averages), rel=1e-9) if averages else None
            assert row["average_per_observed_day"] == expected


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
        for column in ("observed_days", "correction_count", "restatement_count", "reset_count"):
            assert one[column] + two[column] == whole[column]


@given(days)
@often
def test_status_and_percent_say_the_same_and_every_number_is_one(warehouse, between):
    for row in ask_all(warehouse, between[0], between[2]):
        assert (row["growth_pct"] is not None) == (row["status"] in PERCENT)
        # no root of a negative number
        assert (row["daily_rate_pct"] is not None) == (row["status"] in PERCENT and row["end_value"] >= 0)
        assert row["period_change_pct"] is None or row["growth_pct"] is not None
        if row["growth_pct"] is not None:
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
        key: Series(one.metric, [(at, 3 * value) for at, value in one.points], one.released)
        for key, one in series.items()
    }
    percents = 0
    with observe(larger, nodes) as scaled:
        for window in windows(40, seed=10):
            for one, other in zip(ask_all(warehouse, *window), ask_all(scaled, *window), strict=True):
                for column in ("growth_pct", "period_change_pct", "daily_rate_pct", "coverage_ratio", "reset_count"):
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
        for at, value in messy(draw, metric):
            shown.setdefault(at, {"date": f"{at}T00:00:00+00:00"})[column] = abs(value) % limit
    return [shown[at] for at in sorted(shown)]
