"""Growth by country and city: what the function says is what the definition says, in plain Python.

On the sample, and on answers that are made up for it: they contradict each other, values vanish and come back.
"""

import json
import random
from collections import defaultdict
from datetime import date, timedelta
from fractions import Fraction
from statistics import median

import duckdb
import pytest
from compiled import construct
from conftest import ROOT
from crescendo.ask.answers import ask
from crescendo.ask.question import Question
from plain_audience import Version, ruled
from plain_growth import PERCENT, Series, catalogue, first_that_holds, window_before, within, year_earlier

DAY = timedelta(days=1)
METRICS = catalogue(ROOT / "seeds" / "metric_catalog.csv")
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


# every point of every answer; a place that one day of an answer lists twice is two, and counts with both
POINTS = """
    with points as (
        select _parent_row_id, _items_index, 'city' as place_type, country_code, region, city_name, observed_date,
            place_value
        from staging.stg_soundcharts__city_points
        union all by name
        select _parent_row_id, _items_index, 'country' as place_type, country_code, observed_date, place_value
        from staging.stg_soundcharts__country_points
    )
    select artist_id,
        p.platform || ':' || if(document = 'artist-local-followers', 'followers', metric),
        place_type, coalesce(country_code, ''), coalesce(region, ''), coalesce(city_name, ''),
        coalesce(extracted_date, date '1900-01-01'), _load_id, observed_date, sum(place_value), count(*)
    from points inner join staging.stg_soundcharts__artist_pages as p on _parent_row_id = _row_id
    left join seeds.soundcharts_metrics as m on p.platform = m.platform and m.series = 'listening'
    where place_value is not null
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9, _parent_row_id, _items_index
    order by all
"""


def answered(connection):
    """(artist, metric, type of place, country, region, city) -> its versions; and how often each day lists it."""
    courses, counts = defaultdict(dict), {}
    for *place, extracted, load, day, value, count in connection.execute(POINTS).fetchall():
        course = courses[tuple(place)].setdefault((extracted, load), {})
        course[day] = max(course.get(day, value), value)
        counts[tuple(place), extracted, load, day, course[day]] = count
    places, listed = {}, {}
    for place, answers in courses.items():
        places[place] = [Version(course, load, extracted) for (extracted, load), course in answers.items()]
        for (extracted, load), course in sorted(answers.items()):  # the last one counts
            listed |= {(place, day): counts[place, extracted, load, day, value] for day, value in course.items()}
    return places, listed, counts


def series_of(place, versions):
    """The course of a place; what may fall has no correction, and two versions of it may differ by 1 %."""
    metric = METRICS[place[1]]
    return Series(metric, ruled(versions, metric.correction or Fraction(1, 100)))


def cities_of(places, counts):
    """(artist, metric, country, day) -> answer -> the cities that it lists: how often, and with which value."""
    found = defaultdict(lambda: defaultdict(dict))
    for place, versions in places.items():
        artist, metric, kind, country, region, city = place
        for answer in versions if kind == "city" else ():
            at = answer.extracted, answer.load
            for day, value in answer.course.items():
                listed = counts[place, *at, day, value], value
                found[artist, metric, country, day][at][region, city] = listed
    return found


def rhythms(courses):
    """(artist, metric, type of place) -> the usual number of days between two lists; None if there is one list."""
    days = defaultdict(set)
    for (artist, metric, kind, *_where), series in courses.items():
        days[artist, metric, kind] |= {point.day for point in series.points}
    spans = {
        key: [(b - a).days for a, b in zip(sorted(of)[:-1], sorted(of)[1:], strict=True)] for key, of in days.items()
    }
    return {key: round(median(of)) if of else None for key, of in spans.items()}


def as_often(metric, cadence, value, listed, compared):
    """A value of so many lists as it would be of as many as it is compared with; only a flow listed seldom adds up."""
    return value * Fraction(compared, listed) if metric.kind == "flow" and (cadence or 1) > 1 else value


def expected(place, one, start, end, cadence, made_of, complete):
    """Growth, percent and status of one place by the definitions of docs/method.md."""
    metric, flow = METRICS[place[1]], METRICS[place[1]].kind == "flow"
    before, first = window_before(start, end), one.last(start)
    inside, earlier = within(one.sound, start, end), within(one.sound, *before)
    last = inside[-1] if inside else None
    due = max(1, (end - start).days // (cadence or metric.cadence))
    oldest = max((cadence or 0) + 3, metric.max_age)
    breaks = one.breaks(before[0] if flow else start, end)
    if flow:
        base = sum(point.value for point in earlier) if earlier else None
        growth = sum(point.value for point in inside) if inside else None
        then = as_often(metric, cadence, base, len(earlier), len(inside)) if inside and earlier else None
        change = None if None in (base, growth) else growth - then
        thin = Fraction(min(len(inside), len(earlier)), due) < Fraction(8, 10)
        sets = {made_of(point) for point in inside + earlier}
        status = first_that_holds(
            no_end=growth is None,
            no_base=base is None,
            zero_base=base is not None and base <= 0,
            restated_in_window=breaks["restatement"],
            relinked_in_window=len(sets) > 1,
            low_coverage=thin,
            low_base=base is not None and base < metric.min_base,
            partial_window=end > complete,
        )
        shown = status in ("low_base", "partial_window", "ok")
    else:
        base = first.value if first and (start - first.day).days <= oldest else None
        final = last.value if last and (end - last.day).days <= oldest else None
        growth = change = None if None in (base, final) else final - base
        then = base
        status = first_that_holds(
            no_end=first is None and last is None,
            no_base=first is None,
            stale_end=final is None,
            stale_base=base is None,
            zero_base=base is not None and base <= 0,
            reset_in_window=breaks["reset"],
            restated_in_window=breaks["restatement"],
            relinked_in_window=bool(first and last) and made_of(first) != made_of(last),
            unconfirmed_end=last and last.day in one.unconfirmed,
            low_coverage=Fraction(len(inside), due) < Fraction(8, 10),
            low_base=base is not None and base < metric.min_base,
            partial_window=end > complete,
        )
        shown = status in ("low_coverage", "low_base", "partial_window", "ok")
    return growth, 100 * change / then if shown else None, status


def described(connection):
    """(subject, metric, type of place) -> place, course, what a value is made of, rhythm and last complete day."""
    places, listed, counts = answered(connection)
    courses = {place: series_of(place, versions) for place, versions in places.items()}
    cities, cadences = cities_of(places, counts), rhythms(courses)
    complete = dict(
        connection.execute("select platform, complete_through_date from metrics.platform_completeness").fetchall()
    )
    found = {}
    for place, one in courses.items():
        artist, metric, kind, country, *_ = place

        def made_of(point, place=place, country=country):
            at = max((one.extracted, one.load) for one in places[place] if point.day in one.course)
            own = cities[(*place[:2], country, point.day)][at]  # those of another answer are no part of it
            total = sum(value for _count, value in own.values())
            if place[2] == "country" and own and abs(total - point.value) < 0.5:
                return frozenset((city, count) for city, (count, _value) in own.items())
            return listed[place, point.day]

        where = [country, *filter(None, place[4:5]), *([place[5] or "?"] if kind == "city" else [])]
        subject = f"artist:{artist}/" + "/".join(where)
        cadence, through = cadences[artist, metric, kind], complete[METRICS[metric].platform]
        found[subject, metric, kind] = place, one, made_of, cadence, through
    return found


def wanted_of(connection, start, end):
    """(subject, metric, type of place) -> what growth of the window should be."""
    return {
        key: expected(place, one, start, end, cadence, made_of, through)
        for key, (place, one, made_of, cadence, through) in described(connection).items()
        if one.sound and one.sound[0].day <= end
    }


def is_one_scale(one, made_of, start, end):
    """Whether all that is listed by the end, since the last list by the start, can be compared."""
    breaks, opening = one.breaks(start, end), one.last(start)
    listed = [*([opening] if opening else []), *within(one.sound, start, end)]
    return not breaks["restatement"] and not breaks["reset"] and len(set(map(made_of, listed))) < 2


def averages_of(connection, start, end):
    """Of each place the mean of the window's confirmed days, how many they are, and 1 if they have two scales."""
    found = {}
    for key, (_place, one, made_of, *_) in described(connection).items():
        if inside := within(one.confirmed, start, end):
            mixed = int(not is_one_scale(one, made_of, inside[0].day, inside[-1].day))
            found[key] = sum(point.value for point in inside) / len(inside), len(inside), mixed
    return found


def changes_of(connection, kind, start, end, other):
    """What `--against` another window should say of each place, in percent."""
    changes, places = {}, described(connection)
    of = wanted_of if kind == "growth" else averages_of
    now, then = of(connection, start, end), of(connection, *other)
    for key in now:
        place, one, made_of, cadence, _through = places[key]
        mine, base = now[key][0], then[key][0] if key in then else None
        comparable = base is not None and base > 0 and is_one_scale(one, made_of, other[0], end)
        if kind == "growth" and comparable:
            comparable = {now[key][2], then[key][2]} <= set(PERCENT)
            windows = (other, (start, end))
            if comparable and METRICS[place[1]].kind == "flow":
                comparable = "low_coverage" not in (now[key][2], then[key][2])
                lists = [len(within(one.sound, *window)) for window in windows]
                base = as_often(METRICS[place[1]], cadence, base, *lists) if comparable else None
            elif comparable:  # gains a day between anchors, if these lie unequally far apart
                before, here = ((one.last(last).day - one.last(first).day).days for first, last in windows)
                comparable = before == here or before * here > 0
                base = base * (here / before if here != before else 1) if comparable else None
        changes[key] = 100 * (mine - base) / base if comparable else None
    return changes


def compare(connection, start, end):
    """Fail if the function says something else of a window; returns the statuses that it has."""
    wanted = wanted_of(connection, date.fromisoformat(start), date.fromisoformat(end))
    said = connection.execute(
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
    assert not wrong, (len(wrong), list(wrong.items())[:3])
    return {status for *_, status in got.values()}


def compare_averages(connection, start, end):
    """The same of averages; returns how many mix two scales."""
    said = connection.execute(
        "select subject, platform || ':' || metric, subject_type, average_per_observed_day, observed_days,"
        " rescaled_count from metrics.place_averages(?::date, ?::date)",
        [start, end],
    ).fetchall()
    got, wanted = {tuple(row[:3]): tuple(row[3:]) for row in said}, averages_of(connection, start, end)
    assert got.keys() == wanted.keys()
    wrong = {key: (got[key], wanted[key]) for key in got if got[key] != pytest.approx(wanted[key])}
    assert not wrong, (len(wrong), list(wrong.items())[:3])
    return sum(mixed for *_, mixed in wanted.values())


def compare_against(connection, start, end, against):
    """The same of a question that compares with another window; returns the percents."""
    day = end if against == "previous" else year_earlier(end)
    other = window_before(start, end) if against == "previous" else (day - (end - start), day)
    percents = []
    for kind in ("growth", "averages"):
        wanted = changes_of(connection, kind, start, end, other)
        for by in sorted({place for *_, place in wanted}):
            question = Question(kind, by, from_date=start, to_date=end, against=against, metric="all")
            answer = ask(question, connection, notes=())
            keys = ("subject_id", "platform", "metric", "against_change_pct")
            rows = zip(*(answer.values(column) for column in keys), strict=True)
            got = {(subject, f"{platform}:{metric}", by): change for subject, platform, metric, change in rows}
            assert got.keys() == {key for key in wanted if key[2] == by}
            wrong = {key: (got[key], wanted[key]) for key in got if got[key] != pytest.approx(wanted[key])}
            assert not wrong, (kind, start, end, len(wrong), list(wrong.items())[:3])
            percents += got.values()
    return percents


@pytest.mark.parametrize(("start", "end"), WINDOWS)
def test_growth_of_a_place_is_what_the_definition_says(warehouse, start, end):
    statuses = compare(warehouse, start, end)
    assert {"ok", "low_base"} <= statuses or (date.fromisoformat(end) - date.fromisoformat(start)).days < 7


# a rolling number, a gauge, a flow and a counter, with the days between two lists
LISTED = {
    ("spotify", "artist-local-streaming"): 7,
    ("instagram", "artist-local-followers"): 30,
    ("youtube", "artist-local-streaming"): 7,
    ("audiomack", "artist-local-streaming"): 7,
}
BEGIN = date(2024, 1, 1)
# what a question looks into
ASKED = ("series_growth", "group_growth", "group_averages", "dim_series")
PLACES = {
    ("country", "FR"): ("", ""),
    ("city", "Lyon"): ("", "Lyon"),
    ("city", "Nice"): ("Sud", "Nice"),
    ("city", "without a name"): ("", ""),
}


def uuid(number):
    return f"00000000-0000-4000-8000-{number:012}"


def page(number, platform, courses):
    """An answer: courses by place, of days on which places are listed."""
    items = []
    for day in sorted(set().union(*courses.values())):
        item = {"date": f"{day}T00:00:00+00:00", "value": 10**7 + day.toordinal(), "cityPlots": [], "countryPlots": []}
        for place, course in courses.items():
            region, city = PLACES[place]
            plot = {"date": item["date"], "value": course.get(day), "countryCode": "FR", "countryName": "France"}
            if day in course and place[0] == "city":
                # two of one name are listed on some days
                twice = 1 + (city == "Nice" and day.month == 3)
                item["cityPlots"] += twice * [plot | {"region": region, "cityName": city}]
            elif day in course:
                item["countryPlots"].append(plot)
        items.append(item)
    artist = {"uuid": uuid(number), "slug": f"a{number}", "name": f"Artist {number}"}
    return {"related": {"artist": artist, "platform": platform}, "items": items, "errors": []}


def drawn_course(draw, metric, days):
    """A course by its kind: some of its values vanish, fall or leap, in between or at the end."""
    value, course = draw.choice([40, 1500, 90_000, 4_000_000]), {}
    for day in days:
        value += value * draw.choice([0, 1, 2] if METRICS[metric].kind == "counter" else [-3, -1, 0, 2, 4]) // 100
        course[day] = value
    if draw.random() < 0.6:
        first = draw.choice([len(days) - 1, len(days) - 2, draw.randrange(1, len(days))])
        share = draw.choice([0, 0, 0.005, 0.3, 0.8, 0.97, 2.5, 3])
        for day in days[first : first + draw.choice([1, 1, 2, 3, 30])]:
            course[day] = int(course[day] * share)
    return course


def drawn_answers(draw, number):
    """Pages by (day of asking, name) of one artist: two answers as a rule, of which the later may contradict."""
    (platform, document), rhythm = list(LISTED.items())[number % len(LISTED)]
    metric = {"spotify": "spotify:monthly_listeners", "instagram": "instagram:followers"}.get(platform)
    metric = metric or {"youtube": "youtube:chart_views", "audiomack": "audiomack:plays"}[platform]
    days = [BEGIN + rhythm * n * DAY for n in range(16 if rhythm == 7 else 8)]
    cut = draw.choice([len(days), draw.randrange(2, len(days))])
    begins = draw.choice([0, max(cut - 3, 0), cut - 1, min(cut, len(days) - 1)])
    older, newer = {}, {}
    for place in PLACES:
        course = drawn_course(draw, metric, days)
        share = draw.choice([1, 1, 1.004, 1.02, 0.9, 1.5, 4])
        older[place] = {day: course[day] for day in days[:cut] if draw.random() < 0.95}
        newer[place] = {day: round(course[day] * share) for day in days[begins:] if draw.random() < 0.95}
    name = f"{document}__{uuid(number)}__{platform}__2024-01-01_2024-12-31__p0001"
    return {
        (date(2025, 1, 1), name): page(number, platform, older),
        (draw.choice([date(2025, 1, 1), date(2025, 2, 1)]), name): page(number, platform, newer),
    }


def load(desk, folder, pages):
    for (asked, name), answer in pages.items():
        (desk.folder / folder / str(asked)).mkdir(parents=True, exist_ok=True)
        (desk.folder / folder / str(asked) / f"{name}.json").write_text(json.dumps(answer))
    code, files = desk.load(desk.folder / folder)
    assert code == 0, files


@pytest.fixture
def listed(desk, nodes):
    """Load answers, one load after the other; returns the warehouse with the growth of its places."""

    def loaded(*loads):
        for number, pages in enumerate(loads):
            load(desk, f"load-{number}", pages)
        connection = duckdb.connect(str(desk.warehouse))
        construct(connection, nodes, ("place_growth", "place_averages", "restatements", *ASKED))
        return connection

    return loaded


def test_places_that_answers_contradict_vanish_or_fall(listed):
    """Four kinds of metric; windows of all lengths and positions over them."""
    draw, first, second = random.Random(105), {}, {}
    for number in range(1, 61):
        answers = list(drawn_answers(draw, number).items())
        first |= dict(answers[:1])
        second |= dict(answers[1:] if len(answers) > 1 else answers)
    statuses, mixed, percents = set(), 0, []
    with listed(first, second) as connection:
        for _ in range(12):
            start = BEGIN + draw.randrange(5, 90) * DAY
            end = start + draw.choice([7, 14, 28, 35, 60]) * DAY
            statuses |= compare(connection, str(start), str(end))
            mixed += compare_averages(connection, start, end)
            percents += compare_against(connection, start, end, "previous")
    assert mixed and any(percents) and None in percents
    assert {"ok", "restated_in_window", "reset_in_window", "unconfirmed_end", "low_base", "zero_base"} <= statuses


def test_the_average_of_a_place_is_that_of_its_confirmed_days(warehouse):
    compare_averages(warehouse, *map(date.fromisoformat, WINDOWS[0]))


def test_a_flat_flow_that_is_listed_weekly_does_not_grow(listed):
    """Windows of 30 days or of a month have four lists or five: their sums are compared list by list."""
    days = [BEGIN + 7 * n * DAY for n in range(26)]
    name = f"artist-local-streaming__{uuid(1)}__youtube__2024-01-01_2024-12-31__p0001"
    pages = {(date(2025, 1, 1), name): page(1, "youtube", {("city", "Lyon"): dict.fromkeys(days, 20_000)})}
    with listed(pages) as connection:
        for start, end in (("2024-03-31", "2024-04-30"), ("2024-05-01", "2024-05-31"), ("2024-05-24", "2024-06-03")):
            [row] = connection.execute(
                "select growth, growth_pct, status from metrics.place_growth(?, ?)", [start, end]
            ).fetchall()
            lists = sum(start < str(day) <= end for day in days)
            assert row == (20_000 * lists, 0, "ok"), (start, end)
            window = date.fromisoformat(start), date.fromisoformat(end)
            assert set(compare_against(connection, *window, "previous")) == {0}


def test_a_place_is_not_compared_across_a_change_of_scale(listed):
    """A newer answer says 30 percent more since June: neither growth nor averages across that day have a percent."""
    days = [BEGIN + 7 * n * DAY for n in range(76)]
    courses = [{("city", "Lyon"): {day: share * (20_000 + 20 * day.toordinal() % 9000) for day in part}}
               for share, part in ((10, days[:24]), (13, days[23:]))]  # fmt: skip
    name = f"artist-local-streaming__{uuid(1)}__spotify__2024-01-01_2025-12-31__p0001"
    older, newer = ({(date(2026, month, 1), name): page(1, "spotify", courses[month - 1])} for month in (1, 2))
    with listed(older, newer) as connection:
        assert compare_against(connection, date(2025, 3, 31), date(2025, 4, 28), "year") == [None, None]
        assert compare_against(connection, date(2024, 6, 30), date(2024, 7, 28), "previous") == [None, None]
        later = compare_against(connection, date(2024, 9, 30), date(2024, 10, 28), "previous")
        assert None not in later and len(later) == 2
        assert compare_averages(connection, date(2024, 5, 1), date(2024, 6, 30)) == 1
        assert compare_averages(connection, date(2024, 7, 1), date(2024, 8, 30)) == 0


def test_a_country_is_made_of_the_cities_of_the_answer_that_it_is_of(listed):
    """An older answer lists two cities on each day, the newer one either: the country has other cities, not growth."""
    days = [BEGIN + 7 * n * DAY for n in range(4)]
    name = f"artist-local-streaming__{uuid(1)}__spotify__2024-01-01_2024-12-31__p0001"
    lyon, nice, france = ("city", "Lyon"), ("city", "Nice"), ("country", "FR")
    older = {place: dict.fromkeys(days, value) for place, value in ((lyon, 2_000), (nice, 8_000))}
    newer = {
        lyon: dict.fromkeys(days[:2], 2_000),
        nice: dict.fromkeys(days[2:], 8_000),
        france: dict.fromkeys(days[:2], 2_000) | dict.fromkeys(days[2:], 8_000),
    }
    pages = [{(date(2026, month, 1), name): page(1, "spotify", one)} for month, one in ((1, older), (2, newer))]
    with listed(*pages) as connection:
        compare(connection, str(days[1]), str(days[2]))
        row = connection.execute(
            "select growth_pct, status from metrics.place_growth(?::date, ?::date) where subject_type = 'country'",
            [days[1], days[2]],
        ).fetchall()
    assert row == [(None, "relinked_in_window")]
