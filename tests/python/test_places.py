"""Growth by country and city: what the function says is what the definition says, in plain Python, on the sample."""

from collections import defaultdict
from datetime import date, timedelta
from statistics import median

import duckdb
import pytest

DAY = timedelta(days=1)
WINDOWS = [
    ("2025-04-16", "2025-05-14"),
    ("2025-03-31", "2025-04-30"),
    ("2024-11-12", "2025-05-12"),
    ("2025-04-30", "2025-05-02"),
]


@pytest.fixture(scope="module")
def warehouse(built):
    with duckdb.connect(str(built / "crescendo.duckdb"), read_only=True) as connection:
        yield connection


def listed_places(connection):
    """(artist, metric, type of place, country, region, city) -> day -> value."""
    found = defaultdict(dict)
    sql = """select artist_id, metric_id, place_type, place_country, region_name, place_city, observed_date, value
        from audience.fct_place_observations"""
    for *place, day, value in connection.execute(sql).fetchall():
        found[tuple(place)][day] = value
    return found


def cities_of(places):
    """(artist, metric, country, day) -> its listed cities with their values."""
    found = defaultdict(dict)
    for (artist, metric, kind, country, region, city), days in places.items():
        if kind == "city":
            for day, value in days.items():
                found[artist, metric, country, day][region, city] = value
    return found


def rhythms(places):
    """(artist, metric, type of place) -> the usual number of days between two lists; None if there is one list."""
    days = defaultdict(set)
    for (artist, metric, kind, *_where), listed in places.items():
        days[artist, metric, kind] |= listed.keys()
    spans = {
        key: [(b - a).days for a, b in zip(sorted(of)[:-1], sorted(of)[1:], strict=True)] for key, of in days.items()
    }
    return {key: round(median(of)) if of else None for key, of in spans.items()}


def expected(place, days, start, end, metric, cadence, cities):
    """Growth, percent and status of one place by the definitions of docs/method.md."""
    artist, metric_id, kind, country, *_ = place
    length, cadence_days = (end - start).days, cadence or metric["cadence_days"]
    oldest = max((cadence or 0) + 3, metric["max_age_days"])
    before = max((day for day in days if day <= start), default=None)
    inside = max((day for day in days if start < day <= end), default=None)
    window = [day for day in days if start < day <= end]
    earlier = [day for day in days if start - length * DAY < day <= start]
    due = max(1, length // cadence_days)

    def made_of(day):
        listed = cities.get((artist, metric_id, country, day), {})
        is_sum = kind == "country" and listed and abs(sum(listed.values()) - days[day]) < 0.5
        return frozenset(listed) if is_sum else None

    if metric["kind"] == "flow":
        base = sum(days[day] for day in earlier) if earlier else None
        growth = sum(days[day] for day in window) if window else None
        change = None if None in (base, growth) else growth - base
        is_thin, is_other = min(len(window), len(earlier)) < 0.8 * due, len({made_of(d) for d in window + earlier}) > 1
        missing = "no_end" if growth is None else "no_base" if base is None else ""
    else:
        base = days[before] if before and (start - before).days <= oldest else None
        final = days[inside] if inside and (end - inside).days <= oldest else None
        growth = change = None if None in (base, final) else final - base
        is_thin = len(window) < 0.8 * due
        is_other = bool(before and inside) and made_of(before) != made_of(inside)
        missing = "no_base" if not before else "stale_end" if final is None else "stale_base" if base is None else ""
    status = missing or (
        "zero_base" if base <= 0
        else "relinked_in_window" if is_other
        else "low_coverage" if is_thin
        else "low_base" if base < metric["min_base"]
        else "partial_window" if end > metric["complete_through_date"]
        else "ok"
    )  # fmt: skip
    is_known = status in ("low_base", "partial_window", "ok") or (status == "low_coverage" and metric["kind"] != "flow")
    return growth, 100 * change / base if is_known else None, status


@pytest.mark.parametrize(("start", "end"), WINDOWS)
def test_growth_of_a_place_is_what_the_definition_says(warehouse, start, end):
    first, last = date.fromisoformat(start), date.fromisoformat(end)
    places = listed_places(warehouse)
    cities, cadences = cities_of(places), rhythms(places)
    found = warehouse.execute("""
        select metric_id, kind, min_base, cadence_days, max_age_days, complete_through_date
        from metrics.dim_metrics inner join metrics.platform_completeness using (platform)
    """)
    names = [column[0] for column in found.description]
    metrics = {row[0]: dict(zip(names, row, strict=True)) for row in found.fetchall()}
    wanted = {}
    for place, days in places.items():
        if min(days) <= last:
            artist, metric, kind, *where = place
            subject = f"artist:{artist}/" + "/".join(part for n, part in enumerate(where) if part or not n)
            cadence = cadences[artist, metric, kind]
            wanted[subject, metric, kind] = expected(place, days, first, last, metrics[metric], cadence, cities)
    said = warehouse.execute(
        "select subject, platform || ':' || metric, subject_type, growth, growth_pct, status"
        " from metrics.place_growth(?::date, ?::date)",
        [start, end],
    ).fetchall()
    got = {tuple(row[:3]): tuple(row[3:]) for row in said}
    assert len(got) == len(said)
    assert got.keys() == wanted.keys()
    wrong = {
        key: (got[key], wanted[key])
        for key in got
        if got[key] != (pytest.approx(wanted[key][0]), pytest.approx(wanted[key][1]), wanted[key][2])
    }
    assert not wrong, list(wrong.items())[:3]
    assert {"ok", "low_base"} <= {status for *_, status in got.values()} or (last - first).days < 7


def test_the_average_of_a_place_is_that_of_its_listed_days(warehouse):
    start, end = WINDOWS[0]
    wanted = warehouse.execute(
        """select count(*), sum(average) from (
            select avg(value) as average from audience.fct_place_observations
            where observed_date > ?::date and observed_date <= ?::date
            group by artist_id, metric_id, place_type, place_country, region_name, place_city)""",
        [start, end],
    ).fetchone()
    got = warehouse.execute(
        "select count(*), sum(average_per_observed_day) from metrics.place_averages(?::date, ?::date)", [start, end]
    ).fetchone()
    assert got == pytest.approx(wanted)
