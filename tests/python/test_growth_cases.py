"""Growth of small inputs from outside, each with its right answer, and of their neighbours."""

import json
import shutil
import unicodedata
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest
import reports
from compiled import ask, construct
from conftest import ROOT
from crescendo.ask.answers import ask as answered
from crescendo.ask.question import Question
from plain_growth import Observation, Series, catalogue
from test_growth_proof import by_key, observe

CASES = Path(__file__).parent / "cases"
METRICS = catalogue(ROOT / "seeds" / "metric_catalog.csv")
FIRST = date(2024, 1, 1)


def on(number):
    return FIRST + timedelta(number)


def song(number):
    return f"song:00000000-0000-4000-8000-{number:012}"


@pytest.fixture
def case(desk, nodes):
    """Loads a case and makes models: a connection to them."""
    opened = []

    def made(name, *wanted):
        shutil.copytree(CASES / name, desk.folder / "case")
        return made_of(*wanted)

    def made_of(*wanted):
        code, files = desk.load()
        assert code == 0, files
        opened.append(duckdb.connect(str(desk.warehouse)))
        construct(opened[-1], nodes, wanted)
        return opened[-1]

    made.loaded = made_of
    yield made
    for connection in opened:
        connection.close()


def only(rows, metric="spotify:streams", **facts):
    """The one row of a metric that has these facts."""
    found = [row for row in rows if f"{row['platform']}:{row['metric']}" == metric]
    found = [row for row in found if all(row[name] == value for name, value in facts.items())]
    assert len(found) == 1, found
    return found[0]


def having(row, *columns):
    return tuple(row[column] for column in columns)


def test_a_dip_that_comes_back_is_no_growth(case):
    connection = case("dip_that_comes_back", "series_growth", "song_averages")
    average = only(ask(connection, "song_averages", on(30), on(60)))
    assert average["average_per_observed_day"] == 1_000_000
    later = only(ask(connection, "series_growth", on(60), on(90)))
    assert having(later, "growth", "period_change_pct", "status") == (30_000_000, 0.0, "ok")
    # the last sound value is that of day 39
    for opens in (40, 41):
        inside = only(ask(connection, "series_growth", on(opens), on(70)))
        assert having(inside, "start_value", "start_observed_date", "growth") == (1_039_000_000, on(39), 31_000_000)
        assert inside["growth_pct"] is None or inside["growth_pct"] == 100 * 31 / 1039
    back = connection.execute(f"""
        select change, span_days from metrics.fct_observations where observed_date = '{on(42)}'
    """).fetchall()
    assert back == [(3_000_000, 3)]


def dipped(begin, length, shape):
    """A song that gains a million a day and is off its course for some days."""
    shapes = {
        "zero": lambda value: 0,
        "nothing": lambda value: 1200,
        "half": lambda value: value // 2,
        "tenth less": lambda value: value * 9 // 10,
        "leap": lambda value: value * 3,
        "tenth more": lambda value: value * 11 // 10,
    }
    course = {on(number): 10**9 + 10**6 * number for number in range(100)}
    for number in range(begin, begin + length):
        course[on(number)] = shapes[shape](course[on(number)])
    return Series(METRICS["spotify:streams"], sorted(course.items()))


@pytest.mark.parametrize("length", [1, 2, 5, 10])
def test_whatever_comes_back_within_ten_days_is_no_growth(nodes, length):
    shapes = ("zero", "nothing", "half", "tenth less", "leap", "tenth more")
    series = {
        (f"song:{shape} {begin}", "spotify:streams"): dipped(begin, length, shape)
        for shape in shapes
        for begin in (31, 45, 60 - length)
    }
    with observe(series, nodes) as connection:
        for row in ask(connection, "series_growth", on(30), on(60)):
            assert having(row, "growth", "gained") == (30_000_000, 30_000_000), row["subject"]
            # the days of an excursion are not observed
            assert row["status"] == ("ok" if length <= 0.2 * 30 else "low_coverage"), row["subject"]


@pytest.mark.parametrize(
    ("shape", "status"),
    [
        *[("zero", "reset_in_window"), ("nothing", "reset_in_window"), ("tenth less", "restated_in_window")],
        ("leap", "reset_in_window"),
        ("tenth more", "restated_in_window"),
    ],
)
def test_what_takes_longer_than_ten_days_to_come_back_is_none(nodes, shape, status):
    with observe({("song:1", "spotify:streams"): dipped(40, 12, shape)}, nodes) as connection:
        row = only(ask(connection, "series_growth", on(30), on(60)))
        assert having(row, "status", "growth_pct") == (status, None)


@pytest.mark.parametrize(("shape", "length"), [("leap", 1), ("leap", 2), ("leap", 10), ("tenth less", 3), ("zero", 1)])
def test_an_end_that_nothing_confirms_has_no_percent_and_is_judged_again(nodes, shape, length):
    course = dipped(60, length, shape)
    until = on(60 + length - 1)
    series = {("song:1", "spotify:streams"): Series(course.metric, [one for one in course.points if one.day <= until])}
    with observe(series, nodes) as connection:
        row = only(ask(connection, "series_growth", on(30), until))
        falls = {"leap": "unconfirmed_end", "tenth less": "restated_in_window", "zero": "reset_in_window"}
        assert having(row, "status", "growth_pct") == (falls[shape], None)
    with observe({("song:1", "spotify:streams"): course}, nodes) as connection:
        row = only(ask(connection, "series_growth", on(30), until))
        # without the excursion the end is that of day 59, if that is not too old
        expected = ("ok", 29_000_000) if length <= 3 else ("stale_end", None)
        assert having(row, "status", "growth") == expected


@pytest.mark.parametrize(("shape", "length"), [("leap", 1), ("leap", 10), ("tenth less", 3), ("zero", 1)])
def test_an_average_day_ends_with_the_last_confirmed_value(nodes, shape, length):
    course = dipped(60, length, shape)
    until = on(60 + length - 1)
    series = {("song:1", "spotify:streams"): Series(course.metric, [one for one in course.points if one.day <= until])}
    with observe(series, nodes, wanted=["series_averages"]) as connection:
        row = only(ask(connection, "series_averages", on(30), until))
        assert row["average_per_observed_day"] == 10**6
        assert having(row, "observed_days", "unconfirmed_days") == (29, length)
        # the value of day 59, if that is not too old
        assert row["latest_value"] == (1_059_000_000 if length <= 3 else None)
        # of this window nothing is confirmed
        row = only(ask(connection, "series_averages", on(59), until))
        assert having(row, "average_per_observed_day", "observed_days", "unconfirmed_days") == (None, 0, length)


def test_an_average_day_has_a_leap_that_stayed(nodes):
    course = dipped(60, 40, "leap")
    with observe({("song:1", "spotify:streams"): course}, nodes, wanted=["series_averages"]) as connection:
        row = only(ask(connection, "series_averages", on(59), on(69)))
        gained = 3 * 1_069_000_000 - 1_059_000_000
        assert having(row, "average_per_observed_day", "observed_days") == (gained / 10, 10)


def test_a_history_restated_upwards_is_not_growth(case):
    connection = case("restated_upwards", "series_growth")
    days = connection.execute("select min(observed_date), max(observed_date) from metrics.fct_observations").fetchone()
    for since, until in ((days[0], days[1]), (on(10), days[1]), (on(30), on(60))):
        row = only(ask(connection, "series_growth", since, until))
        assert having(row, "growth_pct", "status", "restatement_count") == (None, "restated_in_window", 1)
    # within one version
    for since, until, gained in ((on(0), on(30), 30_000), (on(50), on(60), 13_000)):
        row = only(ask(connection, "series_growth", since, until))
        assert having(row, "growth", "restatement_count", "status") == (gained, 0, "ok")


def test_what_an_identifier_brings_when_it_is_linked_is_not_growth(case):
    connection = case("identifier_linked_later", "series_growth")
    row = only(ask(connection, "series_growth", on(30), on(60)), "youtube:views")
    assert having(row, "growth", "gained", "growth_pct") == (70_000, 70_000, None)
    assert having(row, "status", "relink_count") == ("relinked_in_window", 1)
    later = only(ask(connection, "series_growth", on(60), on(90)), "youtube:views")
    assert having(later, "growth", "status", "period_change_pct") == (90_000, "ok", None)


def test_a_recording_that_goes_on_under_a_new_id_grows_on(case):
    connection = case("reupload", "artist_growth")
    row = only(ask(connection, "artist_growth", on(20), on(90)))
    assert having(row, "growth", "growth_pct", "new_count", "new_value") == (700_000, 100 * 7 / 102, 0, 0)
    assert having(row, "same_count", "status") == (1, "ok")
    assert only(ask(connection, "artist_growth", on(20), on(60)))["growth"] == 400_000


def groups(connection, since, until):
    """Growth, recordings and twins of each group by name."""
    rows = ask(connection, "artist_growth", since, until) + ask(connection, "platform_growth", since, until)
    return {row["name"]: having(row, "growth", "same_count", "twin_count") for row in rows}


def test_one_recording_of_two_credits_counts_in_each_group_once(case):
    connection = case("shared_isrc/one_recording_two_credits", "artist_growth", "platform_growth")
    found = groups(connection, date(2024, 1, 11), date(2024, 2, 20))
    assert found == {"Ana": (40_000, 1, 1), "Ben": (40_000, 1, 0), "Spotify": (40_000, 1, 1)}


def test_two_songs_wrongly_given_one_code_are_two_recordings(case):
    connection = case("shared_isrc/two_songs_two_artists", "artist_growth", "platform_growth")
    own = connection.execute("""
        select name, max(value) filter (where observed_date <= '2024-02-20')
            - max(value) filter (where observed_date <= '2024-01-11') as gained
        from intermediate.int_observations_unioned inner join metrics.dim_subjects using (subject_id)
        where subject_type = 'song' group by all order by all
    """).fetchall()
    (alpha, of_ana), (omega, of_ben) = own
    assert (alpha, omega) == ("Alpha", "Omega")
    found = groups(connection, date(2024, 1, 11), date(2024, 2, 20))
    assert found == {"Ana": (of_ana, 1, 0), "Ben": (of_ben, 1, 0), "Spotify": (of_ana + of_ben, 2, 0)}


@pytest.mark.parametrize("options", [(60, 35, 4), (40, 40, 1)])
def test_no_group_loses_its_only_recording(desk, case, options):
    """Few artists for many songs, so that some have nothing but twins."""
    songs, days, artists = options
    words = (
        "--songs",
        songs,
        "--days",
        days,
        "--artists",
        artists,
        "--listening-days",
        2,
        "--lead-days",
        0,
        "--film-days",
        0,
        "--to",
        desk.folder,
    )
    code, _, err = desk.run("sample", *words)
    assert code == 0, err
    connection = case.loaded("artist_growth", "platform_growth")
    wanted = connection.execute("""
        select artist_name, count(distinct recording_id) as recordings, count(*) - count(distinct recording_id) as twins
        from audience.bridge_songs_x_artists
        inner join audience.dim_artists using (artist_id)
        inner join audience.dim_songs using (song_id)
        where has_streams
        group by all
    """).fetchall()
    (last,) = connection.execute(
        "select complete_through_date from metrics.platform_completeness where platform = 'spotify'"
    ).fetchone()
    rows = ask(connection, "artist_growth", last - timedelta(28), last)
    streams = {row["name"]: row for row in rows if having(row, "metric", "member_type") == ("streams", "song")}
    assert streams.keys() == {name for name, *_ in wanted}
    for name, recordings, twins in wanted:
        row = streams[name]
        counts = having(row, "same_count", "new_count", "lost_count", "restated_count")
        # a recording may have ended before the window
        assert sum(counts) > 0 or row["status"] in ("no_end", "no_base", "stale_end", "stale_base"), name
        assert sum(counts) <= recordings and row["twin_count"] == twins, (name, counts, recordings)
        whole = (row["growth"] or 0) + row["new_value"] - row["lost_value"] + row["restated_change"]
        assert row["total_change"] == pytest.approx(whole, rel=1e-12)


@pytest.mark.parametrize("files", [("old", "new"), ("new", "old"), ("both",), ("twice",)], ids="-".join)
def test_two_versions_that_one_load_brings_are_never_one_course(desk, case, files):
    """Versions that disagree are a restatement (growth.md, rule 6), also in one folder, one file or one record."""

    def version(factor):
        points = [
            reports.point(
                streams=(1 if day < 45 else factor) * (100_000 + 1_000 * day),
                popularity=level("spotify:popularity", day, 1 if day < 45 else factor),
                date=f"{on(day)}T00:00:00+00:00",
            )
            for day in range(92)
        ]
        return reports.song(1, timeSeries=points, summaries={})

    twice = reports.song(1, timeSeries=version(1)["timeSeries"] + version(2)["timeSeries"][45:], summaries={})
    texts = {"old": [version(1)], "new": [version(2)], "both": [version(2), version(1)], "twice": [twice]}
    for number, name in enumerate(files):
        desk.write(f"{number}-{name}.csv", reports.csv_text(texts[name]))
    connection = case.loaded("series_growth")
    is_on_two_scales(connection, "spotify:streams", "spotify:popularity")


# a document of one figure, its platform, the field and the metric: of each kind one
FIGURES = [
    ("song-audience", "spotify", None, "spotify:streams"),
    ("artist-followers", "youtube", "viewCount", "youtube:channel_views"),
    ("artist-followers", "instagram", "followerCount", "instagram:followers"),
    ("artist-listening", "spotify", "value", "spotify:monthly_listeners"),
    ("artist-listening", "youtube", "value", "youtube:chart_views"),
    ("song-popularity", "spotify", None, "spotify:popularity"),
]
METRIC_IDS = [figure[-1] for figure in FIGURES]


def level(metric, day, factor=1):
    """A course of each kind that is not to be taken for a fault: an index has 100 points."""
    if metric == "spotify:popularity":
        return factor * (20 + day // 20)
    return factor * (100_000 + 1_000 * day)


def values(figure, days, factor=1):
    """What an answer says of a figure on some days, so many times as large."""
    return [(day, level(figure[-1], day, factor)) for day in days]


def write_answer(desk, figure, folder, days, number=1):
    """An answer of the API in a folder of its day; days: (day, value)."""
    document, platform, field, _metric = figure
    uuid = song(1).removeprefix("song:")
    items = [
        {"date": f"{on(day)}T00:00:00+00:00"}
        | ({field: value} if field else {"plots": [{"identifier": "A", "value": value}]})
        for day, value in days
    ]
    page = {"related": {"uuid": uuid, "name": "Twice"}, "items": items, "errors": []}
    to = desk.folder / folder
    to.mkdir(exist_ok=True)
    name = f"{document}__{uuid}__{platform}__{on(0)}_{on(91)}__p{number:04}.json"
    (to / name).write_text(json.dumps(page))


@pytest.mark.parametrize("pages", [1, 2])
def test_an_answer_that_contradicts_itself_has_no_percent(desk, case, pages):
    """The same rule for an answer of the API: a day comes twice in a page, or in two pages of one answer."""
    for figure in FIGURES:
        first = values(figure, range(91, -1, -1))
        second = values(figure, range(91, 44, -1), 2)
        for number, days in enumerate([first, second] if pages == 2 else [first + second], start=1):
            write_answer(desk, figure, "2024-04-02", days, number)
    is_on_two_scales(case.loaded("series_growth"), *METRIC_IDS)


def test_two_answers_that_contradict_each_other_have_no_percent(desk, case):
    """Whatever kind of number it is: never a percent across two scales (growth.md, rule 6)."""
    for figure in FIGURES:
        write_answer(desk, figure, "2024-04-02", values(figure, range(85)))
        write_answer(desk, figure, "2024-04-03", values(figure, range(45, 92), 2))
    is_on_two_scales(case.loaded("series_growth"), *METRIC_IDS)


def test_two_answers_that_differ_by_a_correction_are_one_scale(desk, case):
    """By half a percent, or of an index by one point."""
    for figure in FIGURES:
        write_answer(desk, figure, "2024-04-02", values(figure, range(85)))
        is_index = figure[-1] == "spotify:popularity"
        more = [(day, value + 1 if is_index else value * 201 // 200) for day, value in values(figure, range(45, 92))]
        write_answer(desk, figure, "2024-04-03", more)
    are_on_one_scale(case.loaded("series_growth"), 50, 60)


@pytest.mark.parametrize("shared", [1, 3, 20])
@pytest.mark.parametrize("is_lower", [False, True], ids=["higher", "lower"])
def test_two_pages_of_one_answer_that_contradict_on_the_days_they_share_are_two_scales(desk, case, shared, is_lower):
    """Windows of asking that meet share a day; whichever page counts there, the other's days are on another scale."""
    first, second = (2, 1) if is_lower else (1, 2)
    for figure in FIGURES:
        write_answer(desk, figure, "2024-04-02", values(figure, range(45 + shared), first), 1)
        write_answer(desk, figure, "2024-04-02", values(figure, range(45, 92), second), 2)
    are_on_two_scales(case.loaded("series_growth"), 30, 80)


@pytest.mark.parametrize("factors", [(1, 2), (2, 1), (3, 2)])
def test_answers_without_a_common_day_are_told_apart_by_one_that_has_days_of_both(desk, case, factors):
    """What an answer of all days says of each of two months shows that they are on two scales, or on one."""
    for figure in FIGURES:
        write_answer(desk, figure, "2024-04-02", values(figure, range(92)))
        for number, (days, factor) in enumerate(zip((range(46), range(46, 92)), factors, strict=True)):
            write_answer(desk, figure, f"2024-04-0{3 + number}", values(figure, days, factor))
    connection = case.loaded("series_growth")
    are_on_two_scales(connection, 40, 50)
    have_no_boundary(connection, 60, 70)


@pytest.mark.parametrize(("third", "factor"), [("newest", 2), ("newest", 1), ("oldest", 1)])
def test_answers_without_a_common_day_are_told_apart_by_one_that_has_a_day_with_each(desk, case, third, factor):
    """The third has none of the days on which they meet: it is on the scale of the one, or of the other."""
    order = [2, 0, 1] if third == "oldest" else [0, 1, 2]
    for figure in FIGURES:
        answers = [
            values(figure, range(50)),
            values(figure, range(50, 92), 2),
            values(figure, (*range(20, 30), *range(70, 80)), factor),
        ]
        for number, place in enumerate(order):
            write_answer(desk, figure, f"2024-04-0{2 + number}", answers[place])
    are_on_two_scales(case.loaded("series_growth"), 45, 55)


def write_report(desk, days, factor=lambda day: 1):
    """A report that knows a song's streams and popularity."""
    points = [
        reports.point(
            streams=level("spotify:streams", day, factor(day)),
            popularity=level("spotify:popularity", day, factor(day)),
            date=f"{on(day)}T00:00:00+00:00",
        )
        for day in days
    ]
    desk.write("report.csv", reports.csv_text([reports.song(1, timeSeries=points, summaries={})]))


@pytest.mark.parametrize(("factors", "is_restated"), [((2, 3), True), ((3, 2), True), ((1, 2), True), ((2, 2), False)])
def test_a_report_that_contradicts_two_answers_tells_whether_they_are_on_one_scale(desk, case, factors, is_restated):
    write_report(desk, range(92))
    for figure in (FIGURES[0], FIGURES[-1]):
        for number, (days, factor) in enumerate(zip((range(46), range(46, 92)), factors, strict=True)):
            write_answer(desk, figure, f"2024-04-0{3 + number}", values(figure, days, factor))
    rows = case.loaded("series_growth")
    for metric in ("spotify:streams", "spotify:popularity"):
        row = only(ask(rows, "series_growth", on(40), on(50)), metric)
        assert (row["status"] == "restated_in_window", row["growth_pct"] is None) == (is_restated, is_restated), metric
        assert only(ask(rows, "series_growth", on(60), on(70)), metric)["restatement_count"] == 0


@pytest.mark.parametrize("away", [(50,), (50, 51, 52)], ids=len)
def test_an_excursion_of_a_report_on_another_scale_is_none_of_the_answer(desk, case, away):
    write_report(desk, range(92), lambda day: 2 if day in away else 1)
    for figure in (FIGURES[0], FIGURES[-1]):
        write_answer(desk, figure, "2024-04-03", values(figure, range(92), 3))
    rows = case.loaded("series_growth")
    for metric in ("spotify:streams", "spotify:popularity"):
        row = only(ask(rows, "series_growth", on(40), on(60)), metric)
        assert row["restatement_count"] == 0 and row["growth_pct"] is not None, metric


def cross_no_scale(connection, since, until, metrics=METRIC_IDS):
    """No percent; or, of a counter that shows a few days on another scale, the percent without them."""
    rows = ask(connection, "series_growth", on(since), on(until))
    for metric in metrics:
        percent, is_counter = only(rows, metric)["growth_pct"], METRICS[metric].kind == "counter"
        assert percent is None or (is_counter and abs(percent) < 25), (metric, since, until, percent)


@pytest.mark.parametrize("hole", [(50,), (54,), (55,), (53, 54, 55)], ids=str)
@pytest.mark.parametrize("last", [55, 60, 91])
def test_a_report_that_fills_a_hole_soon_after_answers_changed_their_scale_is_on_the_older_one(desk, case, hole, last):
    """Answers are twice as large from day 48 on; the report agrees with what they said before."""
    metrics = ("spotify:streams", "spotify:popularity")
    write_report(desk, range(last + 1))
    for figure in (FIGURES[0], FIGURES[-1]):
        newer = values(figure, [day for day in range(48, 92) if day not in hole], 2)
        write_answer(desk, figure, "2024-04-02", values(figure, range(min(56, hole[0]))))
        write_answer(desk, figure, "2024-04-03", newer)
    connection = case.loaded("series_growth")
    for since, until in ((hole[0] - 1, hole[0]), (hole[-1], hole[-1] + 1), (hole[-1], 70)):
        cross_no_scale(connection, since, until, metrics)
    have_no_boundary(connection, 70, 80, metrics)


# the days of each page of one answer and what it multiplies; and windows that are on one scale
PAGES = {
    "three": ([(range(92), 2), (range(61), 4), (range(71), 1)], [(20, 50), (75, 85)]),
    "no common day of two": ([(range(92), 1), (range(46), 2), (range(46, 92), 4)], [(20, 40), (50, 80)]),
    "alike in part": ([(range(92), 2), (range(30, 92), 2), (range(40, 92), 1)], [(5, 35), (50, 80)]),
    "begins in a hole": ([([*range(60), *range(62, 92)], 2), (range(60, 92), 1)], [(20, 50), (65, 85)]),
    "ends in a hole": ([([*range(30), *range(32, 92)], 2), (range(32), 1)], [(5, 25), (40, 80)]),
}


@pytest.mark.parametrize("pages", PAGES)
def test_pages_of_one_answer_are_each_on_a_scale_of_its_own(desk, case, pages):
    """Whichever counts: a window whose ends two pages give that contradict each other has no percent."""
    given, sound = PAGES[pages]
    for figure in FIGURES:
        for number, (days, factor) in enumerate(given, start=1):
            write_answer(desk, figure, "2024-04-02", values(figure, days, factor), number)
    connection = case.loaded("series_growth")
    scale = [max(factor for days, factor in given if day in days) for day in range(92)]
    changes = [day for day in range(1, 92) if scale[day] != scale[day - 1]]
    for day in changes:
        for since, until in ((day - 1, day), (day - 1, min(day + 10, 91)), (day - 10, day)):
            cross_no_scale(connection, since, until)
    for since, until in sound:
        have_no_boundary(connection, since, until)


@pytest.mark.parametrize("begins", [40, 45], ids=["in the midst", "at the beginning"])
def test_what_a_newer_answer_says_of_a_few_days_only_has_no_percent(desk, case, begins):
    """It is twice as large on three days and agrees from then on: neither way in nor way out is growth."""
    for figure in FIGURES:
        write_answer(desk, figure, "2024-04-02", values(figure, range(85)))
        newer = [*values(figure, range(begins, 45)), *values(figure, range(45, 48), 2), *values(figure, range(48, 92))]
        write_answer(desk, figure, "2024-04-03", newer)
    connection = case.loaded("series_growth")
    for since, until in ((44, 45), (47, 48), (40, 46), (46, 60)):
        cross_no_scale(connection, since, until)
    have_no_boundary(connection, 50, 80)


@pytest.mark.parametrize("partial", [(84,), (70,), (70, 71, 72)], ids=str)
def test_what_an_older_answer_says_of_a_few_days_only_changes_no_scale(desk, case, partial):
    """Its newest day was partial, or some days were: the newer answer has them whole, and counts throughout."""
    for figure in FIGURES:
        older = [(day, value // (2 if day in partial else 1)) for day, value in values(figure, range(85))]
        write_answer(desk, figure, "2024-04-02", older)
        write_answer(desk, figure, "2024-04-03", values(figure, range(45, 92)))
    are_on_one_scale(case.loaded("series_growth"), 60, 90)


def are_on_two_scales(connection, since, until):
    rows = ask(connection, "series_growth", on(since), on(until))
    for metric in METRIC_IDS:
        assert having(only(rows, metric), "status", "growth_pct") == ("restated_in_window", None), metric


def have_no_boundary(connection, since, until, metrics=METRIC_IDS):
    rows = ask(connection, "series_growth", on(since), on(until))
    assert [only(rows, metric)["restatement_count"] for metric in metrics] == [0] * len(metrics)
    return rows


def are_on_one_scale(connection, since, until, metrics=METRIC_IDS):
    rows = have_no_boundary(connection, since, until, metrics)
    assert [metric for metric in metrics if only(rows, metric)["growth_pct"] is None] == []


def is_on_two_scales(connection, *metrics):
    """From day 45 on the values are twice as large: no percent across it, and one on each side of it."""
    across, after, *sides, before = (
        ask(connection, "series_growth", on(since), on(until))
        for since, until in ((30, 60), (50, 60), (15, 30), (60, 75), (10, 40))
    )
    for metric in metrics:
        kind = METRICS[metric].kind
        row = only(across, metric)
        assert having(row, "status", "growth_pct", "restatement_count") == ("restated_in_window", None, 1)
        # the percent of a flow is that of both windows: the boundary is in the one before
        row = only(after, metric)
        expected = ("restated_in_window", None, 0) if kind == "flow" else (row["status"], row["growth_pct"], 0)
        assert having(row, "status", "growth_pct", "restatement_count") == expected
        for row in (only(rows, metric) for rows in sides):
            assert row["growth_pct"] is not None and row["status"] in ("ok", "low_base", "low_coverage"), row
        if kind == "counter":
            for rows, gained in ((before, 30_000), (after, 20_000)):
                assert having(only(rows, metric), "growth", "status") == (gained, "ok")


@pytest.mark.parametrize("file", ["ahead_29_days", "typo_year_2042"])
def test_one_date_in_the_future_moves_no_calendar(desk, case, file):
    shutil.copy(CASES / "one_date_in_the_future" / f"{file}.csv.gz", desk.folder)
    connection = case.loaded("platform_growth", "platform_completeness")
    found = connection.execute("select platform, complete_through_date from metrics.platform_completeness").fetchall()
    assert found == [("spotify", date(2024, 4, 29))]
    row = only(ask(connection, "platform_growth", date(2024, 4, 1), date(2024, 4, 29)))
    assert having(row, "start_value", "end_value", "same_count") == (86_189_000, 88_401_000, 13)


def test_what_gains_the_same_every_day_changes_by_nothing_against_the_year_before(case):
    connection = case("year_before_in_leap_years", "growth_windows")
    found = connection.execute(
        "select window_name, year_change_pct, period_change_pct, status from metrics.growth_windows"
    )
    rows = found.fetchall()
    assert len(rows) == 6
    assert {row[1:] for row in rows} == {(0.0, 0.0, "ok")}, rows


def rescaled(metric, factor):
    """430 days, which a newer version that contradicts the older one multiplies from day 200 on."""
    days = [(number, on(0) + timedelta(number)) for number in range(430)]
    course = [(day, 20 + number // 20 if "popularity" in metric else 10_000 + 10 * number) for number, day in days]
    scaled = [Observation(day, value * (factor if day >= on(200) else 1)) for day, value in course]
    scaled[200] = scaled[200]._replace(restated=factor != 1)
    return Series(METRICS[metric], scaled)


@pytest.mark.parametrize("metric", METRIC_IDS)
def test_a_year_before_on_another_scale_is_compared_with_nothing(nodes, metric):
    """Between the two windows a newer version began that contradicts the older one."""

    series = {(song(1), metric): rescaled(metric, 2), (song(2), metric): rescaled(metric, 1)}
    with observe(series, nodes, wanted=("growth_windows",)) as connection:
        told = "select subject, year_before_gained > 0, year_change_pct is null, status from metrics.growth_windows"
        rows = connection.execute(f"{told} where window_name = '28 days' order by 1").fetchall()
    status = "low_base" if rows[0][3] == "low_base" else "ok"
    assert rows == [(song(1), True, True, status), (song(2), True, False, status)]


@pytest.mark.parametrize("kind", ["growth", "averages"])
@pytest.mark.parametrize("by", ["song", "platform"])
def test_no_answer_compares_with_a_year_before_on_another_scale(desk, case, kind, by):
    """The same of what the command line answers."""
    figure, years = FIGURES[0], range(430)
    write_answer(desk, figure, "2025-03-10", values(figure, years[:220]))
    write_answer(desk, figure, "2025-03-11", values(figure, years[200:], 2))
    functions = ("series_growth", "artist_growth", f"{by}_growth", f"{by}_averages", "dim_growth_statuses")
    asked = Question(kind, by=by, metric="streams", last="28d", against="year")
    answer = answered(asked, case.loaded(*functions), notes=[])
    figures = {"growth": "against_growth", "averages": "against_average_per_observed_day"}
    assert answer.values(figures[kind])[0] > 0
    assert answer.values("against_change_pct") == [None]


@pytest.mark.parametrize(
    ("observed", "growth", "status"),
    [
        ({25: 10, 26: 4}, 14, "no_base"),
        ({22: 7, 23: 7, 25: 10, 26: 4}, 14, "low_coverage"),  # one of the two days before
        ({23: 3, 24: 4, 25: 10, 26: 4}, 14, "low_base"),
        ({23: 300, 24: 400, 25: 10, 26: 4}, 14, "ok"),
        ({23: 0, 24: 0, 25: 10, 26: 4}, 14, "zero_base"),
        ({23: 300, 24: 400, 26: 4}, 4, "low_coverage"),
        ({23: 300, 24: 400}, None, "no_end"),
    ],
)
def test_a_flow_needs_no_base(nodes, observed, growth, status):
    listens = METRICS["moovitamix:listens"]
    points = [(date(2024, 3, day), value) for day, value in observed.items()]
    # another that reports every day: the platform's calendar
    steady = [(date(2024, 3, day), 9) for day in range(1, 27)]
    series = {("track:1", "moovitamix:listens"): Series(listens, points)}
    series |= {(f"track:{number}", "moovitamix:listens"): Series(listens, steady) for number in range(2, 12)}
    with observe(series, nodes) as connection:
        row = by_key(ask(connection, "series_growth", date(2024, 3, 24), date(2024, 3, 26)))[
            "track:1", "moovitamix:listens"
        ]
    assert having(row, "growth", "gained", "status") == (growth, growth, status)
    assert having(row, "start_value", "end_value", "expected_days") == (None, None, 2)
    before = sum(value for day, value in observed.items() if day in (23, 24))
    percent = 100 * (growth - before) / before if status in ("ok", "low_base") else None
    assert having(row, "growth_pct", "period_change_pct") == (percent, percent)


def test_from_zero_only_what_grew_is_ranked(nodes):
    """A percent from zero does not exist; a score does, if nothing but the zero withholds the percent."""
    streams, listens, days = METRICS["spotify:streams"], METRICS["moovitamix:listens"], range(60)

    def risen(since, **facts):
        """Nothing, and from a day on very much."""
        return [
            Observation(on(day), 500_000 + day, facts.get("linked", 0), facts.get("restated", False) and day == since)
            if day >= since
            else Observation(on(day), 0)
            for day in days
        ]

    courses = {
        "grew": risen(35),
        "leapt": risen(59),
        "restated": risen(35, restated=True),
        "linked": risen(35, linked=500_000),
        "reset": [point._replace(value=point.value // (9 if point.day > on(45) else 1)) for point in risen(35)],
    }
    series = {(f"song:{name}", "spotify:streams"): Series(streams, points) for name, points in courses.items()}
    calm = [(on(day), 10_000 + day) for day in days]
    series |= {(f"song:{number}", "spotify:streams"): Series(streams, calm) for number in range(60)}
    # of a flow the window before is the base
    heard = [(on(day), 0 if day < 32 else 900) for day in days]
    series |= {("track:heard", "moovitamix:listens"): Series(listens, heard)}
    series |= {("track:gaps", "moovitamix:listens"): Series(listens, [one for one in heard if one[0].day % 3])}
    with observe(series, nodes, wanted=("trending",)) as connection:
        found = connection.execute("""
            select subject, status, pct_rank, score_rank from metrics.trending
            where window_name = '28 days' and status = 'zero_base'
        """).fetchall()
    ranked = {subject: score_rank for subject, _status, pct_rank, score_rank in found if pct_rank is None}
    assert ranked == {
        **{"song:grew": 1, "song:leapt": None, "song:restated": None, "song:linked": None, "song:reset": None},
        **{"track:heard": 1, "track:gaps": None},
    }


def summed(nodes, series, since, until):
    """The listens of a service of these series, which are in no group."""
    connection = duckdb.connect()
    connection.execute("""
        create schema intermediate;
        create table intermediate.int_memberships_received(
            subject_id varchar, group_id varchar, group_type varchar, weight double, counts boolean
        )
    """)
    with observe(series, nodes, wanted=("platform_growth",), connection=connection):
        return only(ask(connection, "platform_growth", since, until), "moovitamix:listens")


def test_of_a_sum_of_flows_the_percent_is_of_those_that_were_seen_in_both_windows(nodes):
    """One that falls silent is missing from the percent, as it has none of its own; what was seen of it is counted."""
    days = [date(2024, 3, day) for day in range(1, 16)]
    listens = METRICS["moovitamix:listens"]
    series = {
        (f"track:{number}", "moovitamix:listens"): Series(listens, [(day, 100 if day.day < 9 else 110) for day in days])
        for number in range(1, 12)
    }
    silent = Series(listens, [(day, 5_000) for day in days if day.day < 11])
    row = summed(nodes, series | {("track:12", "moovitamix:listens"): silent}, date(2024, 3, 8), date(2024, 3, 15))
    assert having(row, "growth_pct", "period_change_pct", "status") == (10, 10, "ok")
    assert having(row, "growth", "same_count") == (11 * 7 * 110 + 2 * 5_000, 12)


@pytest.mark.parametrize(("before", "status"), [(5_000, "low_coverage"), (0, "zero_base")])
def test_a_sum_of_flows_none_of_which_was_seen_in_both_windows_has_no_percent(nodes, before, status):
    days = [date(2024, 3, day) for day in range(2, 16)]
    listens = METRICS["moovitamix:listens"]
    # in this window the one and in the one before the other has gaps: twelve of fourteen days were seen in each
    gaps = ((9, 10), (4, 5))
    series = {
        (f"track:{number}", "moovitamix:listens"): Series(
            listens, [(day, before if day.day < 9 else 110) for day in days if day.day not in missing]
        )
        for number, missing in enumerate(gaps)
    }
    row = summed(nodes, series, date(2024, 3, 8), date(2024, 3, 15))
    assert having(row, "growth_pct", "status", "growth") == (None, status, 12 * 110)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Béa Lamé", unicodedata.normalize("NFD", "Béa Lamé")),
        ("Béa Lamé", "Béa\N{NO-BREAK SPACE}Lamé"),
        ("Béa Lamé", "Béa  Lamé "),
        ("Åsa", "A\N{COMBINING RING ABOVE}sa"),
        ("Hàn Việt", unicodedata.normalize("NFD", "Hàn\N{NARROW NO-BREAK SPACE}Việt")),
        ("가수", unicodedata.normalize("NFD", "가수")),
    ],
)
def test_two_spellings_of_one_name_are_one_artist_shown_as_sent(desk, case, one, other):
    songs = [reports.song(number, title=f"Song {number}", artist=name) for number, name in ((1, one), (2, other))]
    desk.write("songs-audience-report.csv", reports.csv_text(songs))
    connection = case.loaded("dim_artists", "dim_songs")
    (artist,) = connection.execute("select artist_name, song_count from audience.dim_artists").fetchall()
    assert artist[1] == 2 and artist[0] in (one, other, other.strip())


def read_every_second_day(metric, first):
    """A hundred a day, read every second day from the first on."""
    return Series(METRICS[metric], [(on(number), 10_000 + 100 * number) for number in range(first, 101, 2)])


@pytest.mark.parametrize("metric", ["instagram:followers", "tiktok:likes", "spotify:monthly_listeners"])
def test_gains_of_windows_whose_anchors_are_not_equally_far_apart_are_compared_a_day(nodes, metric):
    """Weeks that close on a day of a reading have eight days between their anchors, the others six."""
    series = {(f"artist:{first}", metric): read_every_second_day(metric, first) for first in (0, 1)}
    with observe(series, nodes, wanted=("series_growth", "growth_windows")) as connection:
        for closes in range(40, 54):
            rows = ask(connection, "series_growth", on(closes - 7), on(closes))
            assert {row["growth"] for row in rows} == {600, 800}
            assert [row["period_change_pct"] for row in rows] == [0, 0], closes
        weeks = connection.execute("select period_change_pct from metrics.growth_windows where window_name = '7 days'")
        assert weeks.fetchall() == [(0,), (0,)]


def test_a_carried_base_makes_no_gain_faster_and_one_anchor_is_compared_with_nothing(nodes):
    """10,000 over ten days after 4,000 over four; and a window between whose anchors nothing was read."""
    days = {0: 0, 10: 10_000, 14: 14_000, 24: 24_000}
    course = Series(METRICS["spotify:streams"], [(on(number), 50_000 + gain) for number, gain in days.items()])
    with observe({("song:1", "spotify:streams"): course}, nodes) as connection:
        row = only(ask(connection, "series_growth", on(17), on(24)))
        assert having(row, "gained", "previous_gained", "period_change_pct") == (10_000, 4_000, 0)
        row = only(ask(connection, "series_growth", on(15), on(17)))
        assert having(row, "gained", "growth_pct", "period_change_pct") == (0, 0, None)


def test_what_an_account_gains_is_not_how_often_it_is_read(desk, case):
    """100 a day, by a rise of 300 and a fall of 100: read daily, then every second day; one reading is a leap."""
    days = [*range(60), *range(61, 92, 2)]
    course = [(day, (100_000 + 100 * day + 200 * (day % 2)) * (3 if day == 40 else 2) // 2) for day in days]
    write_answer(desk, FIGURES[2], "2024-04-02", course)
    connection = case.loaded("series_growth", "artist_growth")
    for function in ("series_growth", "artist_growth"):
        row = only(ask(connection, function, on(59), on(87)), "instagram:followers")
        assert having(row, "growth", "gained", "previous_gained") == (2_800, 2_800, 2_800), function
        assert having(row, "period_change_pct", "status") == (0, "ok"), function


@pytest.mark.parametrize(("by", "against"), [("song", "previous"), ("song", "year"), ("platform", "previous")])
def test_an_answer_compares_growth_a_day_between_anchors(desk, case, by, against):
    """The same of what the command line answers, in weeks and against other windows."""
    figure = FIGURES[0]
    write_answer(desk, figure, "2025-03-10", values(figure, range(1, 430, 2)))
    functions = ("series_growth", "artist_growth", f"{by}_growth", "dim_growth_statuses")
    connection = case.loaded(*functions)
    for last in ("7d", "8d", "9d"):
        asked = Question("growth", by=by, metric="streams", last=last, against=against)
        answer = answered(asked, connection, notes=[])
        assert answer.values("against_change_pct")[0] == pytest.approx(0, abs=1e-9), last


@pytest.mark.parametrize(
    ("unseen", "is_seen"),
    [(range(0), True), (range(36), True), (range(40, 60), False)],
    ids=["all", "nothing before both", "too few of the earlier"],
)
def test_an_answer_compares_sums_of_a_flow_if_enough_days_of_both_were_seen(desk, case, unseen, is_seen):
    """As growth itself does: the percent needs four fifths of the days of each window (growth.md 5.2)."""
    figure = FIGURES[4]
    days = [day for day in range(92) if day not in unseen]
    write_answer(desk, figure, "2024-04-02", [(day, 1_000) for day in days])
    functions = ("series_growth", "artist_growth", "dim_growth_statuses")
    asked = Question("growth", by="artist", metric="chart_views", last="28d", against="previous")
    answer = answered(asked, case.loaded(*functions), notes=[])
    assert answer.values("growth") == [28_000]
    assert answer.values("against_growth") == [28_000 if is_seen else 8_000]
    assert answer.values("against_change_pct") == [0 if is_seen else None]
