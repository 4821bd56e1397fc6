"""The proof of the audience: made-up answers and reports, loaded from files, become the plainly calculated courses.

Each kind has neighbours: other lengths, depths, places and metrics, in one world that is loaded and built once.
"""

import json
import random
from datetime import date, timedelta

import duckdb
import pytest
import reports
from compiled import construct
from conftest import ROOT
from plain_audience import Song, Version, composed, followed, latest, recordings, ruled, summed
from plain_growth import Observation, catalogue

METRICS = catalogue(ROOT / "seeds" / "metric_catalog.csv")
STREAMS = METRICS["spotify:streams"]
BEGIN = date(2024, 1, 1)
ADDED = ("youtube:views", "tiktok:videos", "shazam:shazams", "audiomack:plays", "soundcloud:plays", "genius:page_views")


def uuid(number):
    return f"00000000-0000-4000-8000-{number:012}"


def on(number):
    return BEGIN + timedelta(number)


class Desk:
    """What was written so far; each load is a file system of its own, as it is in a landing folder."""

    def __init__(self, desk):
        self.desk, self.loads = desk, 0

    def load(self, pages=(), songs=()):
        """Load pages by (day of asking, name) and a report of songs."""
        self.loads += 1
        folder = self.desk.folder / f"load-{self.loads}"
        for (asked, name), page in dict(pages).items():
            (folder / str(asked)).mkdir(parents=True, exist_ok=True)
            (folder / str(asked) / f"{name}.json").write_text(json.dumps(page))
        if songs:
            folder.mkdir(exist_ok=True)
            (folder / f"songs-audience-report-{self.loads}.csv").write_text(reports.csv_text(songs))
        code, files = self.desk.load(folder)
        assert code == 0, files

    def courses(self, nodes, table="int_audience_observations"):
        """(subject, metric) -> observations."""
        with duckdb.connect(str(self.desk.warehouse)) as connection:
            construct(connection, nodes, (table,))
            rows = connection.execute(f"""
                select subject_id, metric_id, observed_date, value, linked_value, is_restated
                from intermediate.{table} order by all
            """).fetchall()
        found = {}
        for subject, metric, *point in rows:
            found.setdefault((subject, metric), []).append(Observation(*point))
        return found


def same(found, expected, what):
    """Fail with the first day that differs."""
    wrong = [(one, other) for one, other in zip(found, expected, strict=False) if one != other]
    assert not wrong, f"{what}: found {wrong[0][0]}, expected {wrong[0][1]}; {len(wrong)} days differ"
    assert len(found) == len(expected), what


def page_of_song(number, isrc=None, name=None, credit=None):
    credit = credit or f"Artist {number}"
    artists = [{"uuid": uuid(9000 + number), "slug": credit.lower(), "name": credit}]
    song = {"uuid": uuid(number), "name": name or f"Song {number}", "creditName": credit, "isrc": isrc}
    return {"type": "song", "object": song | {"artists": artists, "duration": 200}, "errors": []}


def page_of_audience(number, courses):
    """Courses by identifier, newest day first, as the API answers."""
    days = sorted(set().union(*courses.values()), reverse=True)
    items = [
        {
            "date": f"{day}T00:00:00+00:00",
            "plots": [{"identifier": name, "value": course[day]} for name, course in courses.items() if day in course],
        }
        for day in days
    ]
    return {"related": {"uuid": uuid(number), "name": f"Song {number}"}, "items": items, "errors": []}


def page_of_identifiers(number, platform, names, default):
    items = [
        {"platformName": platform.title(), "platformCode": platform, "identifier": name, "default": name == default}
        for name in names
    ]
    return {"related": {"uuid": uuid(number), "name": f"Song {number}"}, "items": items, "errors": []}


def record(number, course, title=None, artist=None):
    """A song of a report."""
    points = [{"date": f"{day}T00:00:00+00:00", reports.STREAMS: value} for day, value in sorted(course.items())]
    names = {"title": title or f"Song {number}", "artist": artist or f"Artist {number}"}
    return {"song_id": uuid(number), "release_date": "2020-01-01", "timeSeries": points} | names


def line(first, last, base, step, draw=None, missing=0.0):
    """A course that gains the same every day of first to last; some days are missing."""
    days = [number for number in range(first, last + 1) if not draw or draw.random() >= missing]
    return {on(number): base + step * number for number in days or [first]}


def asked(courses, number, platform, extracted=date(2024, 6, 1)):
    days = sorted(set().union(*courses.values()))
    name = f"song-audience__{uuid(number)}__{platform}__{days[0]}_{days[-1]}__p0001"
    return {(extracted, name): page_of_audience(number, courses)}


def test_identifiers_that_are_added_bring_and_take_what_was_not_gained(desk, nodes):
    """One to four uploads of a song: linked later, gone for days or for good, back again, observed with holes."""
    draw, world, expected = random.Random(101), Desk(desk), {}
    pages, again = {}, {}
    for number in range(1, 37):
        metric = ADDED[number % len(ADDED)]
        platform, courses = METRICS[metric].platform, {}
        for name in "ABCD"[: draw.choice([1, 2, 2, 3, 4])]:
            first, last = draw.choice([0, 0, 1, 20, 40]), draw.choice([99, 99, 99, 60, 97, 70])
            course = line(first, last, draw.choice([3, 900, 10**6, 5 * 10**7]), draw.choice([0, 1, 2000]), draw, 0.05)
            pause, length = draw.randrange(10, 90), draw.choice([0, 0, 1, 2, 3, 4, 5, 30])
            courses[name] = {
                day: value for day, value in course.items() if not pause <= (day - BEGIN).days < pause + length
            }
        courses = {name: course for name, course in courses.items() if course}
        pages |= asked(courses, number, platform)
        answers = [
            (date(2024, 6, 1), 1, name, day, value) for name, course in courses.items() for day, value in course.items()
        ]
        if draw.random() < 0.5:  # the last month is asked again, a little differently; the later asking counts
            late = {
                name: {day: value + value // 500 for day, value in course.items() if day >= on(80)}
                for name, course in courses.items()
            }
            late = {name: course for name, course in late.items() if course}
            again |= asked(late, number, platform, date(2024, 7, 1)) if late else {}
            answers += [
                (date(2024, 7, 1), 2, name, day, value)
                for name, course in late.items()
                for day, value in course.items()
            ]
        expected[number, metric] = summed(latest(answers), METRICS[metric].max_age)
    world.load(pages)
    world.load(again)
    found = world.courses(nodes)
    for (number, metric), course in expected.items():
        same(found[f"song:{uuid(number)}", metric], course, f"song {number}, {metric}")
    relinks = [one for course in expected.values() for one in course if one.linked]
    assert len(relinks) > 300


def test_a_followed_identifier_that_changes_is_a_relink(desk, nodes):
    """A default or none; another with the same count stands in; the largest changes; a default comes late and stops."""
    draw, world, expected, pages = random.Random(102), Desk(desk), {}, {}
    for number in range(1, 41):
        kind, step = number % 5, draw.choice([10, 1000])
        base, meet = draw.choice([10_000, 10**6, 10**8]), draw.randrange(20, 80)
        other = base * draw.choice([3, 7]) // draw.choice([1, 2])
        default = "A" if kind in (0, 1, 2) else None
        match kind:
            case 0:  # the default is missing on some days; another shows the same count there
                courses = {"A": line(0, 99, base, step, draw, 0.2), "B": line(0, 99, base, step, draw, 0.1)}
            case 1:  # the default comes late or stops early
                ends = draw.choice([(meet, 99), (0, meet), (meet, meet + 9)])
                courses = {"A": line(*ends, base, step), "B": line(0, 99, other, step, draw, 0.1)}
            case 2:  # the default is missing on some days, and the other shows something else
                courses = {"A": line(0, 99, base, step, draw, 0.2), "B": line(0, 99, other, step)}
            case 3:  # the one that was followed stops, another begins there or has been smaller
                begins = draw.choice([meet, meet + 1, 0])
                courses = {"A": line(0, meet, other, step), "B": line(begins, 99, base, step)}
            case 4:  # the largest is another from some day on
                courses = {"A": line(0, 99, base, step, draw, 0.1), "B": line(meet, 99, other, step, draw, 0.1)}
        pages |= asked(courses, number, "spotify")
        name = f"song-identifiers__{uuid(number)}__p0001"
        pages[date(2024, 6, 1), name] = page_of_identifiers(number, "spotify", courses, default)
        expected[number] = followed(courses, default, STREAMS.correction)
    world.load(pages)
    found = world.courses(nodes)
    for number, course in expected.items():
        same(found[f"song:{uuid(number)}", "spotify:streams"], course, f"song {number}, kind {number % 5}")
    relinked = {number % 5 for number, course in expected.items() if any(one.linked for one in course)}
    assert relinked == {1, 2, 3, 4}


def test_two_versions_of_the_same_days_that_disagree_are_a_restatement(desk, nodes):
    """Reports and answers of the API that overlap by many days, one or none, and disagree by much or little."""
    draw, world, expected = random.Random(103), Desk(desk), {}
    first, second, third, pages = [], [], [], {}
    for number in range(1, 61):
        # by how much the later version is larger, where it begins, and to what day the earlier one reaches
        share, begins, ends = (
            draw.choice([130, 104, 102, 101, 100, 99, 96, 70, 40]),
            draw.choice([0, 30, 40]),
            draw.choice([29, 39, 40, 45, 60]),
        )
        base, step = draw.choice([1000, 10**6, 10**9]), draw.choice([1, 1000])
        old = line(0, ends, base, step, draw, draw.choice([0, 0.1]))
        new = {
            day: value * share // 100
            for day, value in line(begins, 70, base, step, draw, draw.choice([0, 0.1])).items()
        }
        if draw.random() < 0.2:  # only what is newest is restated: the older version agrees at first
            turn = draw.randrange(begins, 70)
            new = {day: value if day >= on(turn) else base + step * (day - BEGIN).days for day, value in new.items()}
        first.append(record(number, old))
        versions = [Version(old, 1)]
        match number % 3:
            case 0:
                second.append(record(number, new))
                versions.append(Version(new, 2))
            case 1:  # the older report comes later; the one that reaches further counts
                second.append(record(number, new))
                third.append(record(number, dict(sorted(old.items())[:-1]) or old))
                versions += [Version(new, 2), Version(dict(sorted(old.items())[:-1]) or old, 3)]
            case 2:
                pages |= asked({"A": new}, number, "spotify")
                versions.append(Version(new, 4, date(2024, 6, 1)))
        expected[number] = ruled(versions, STREAMS.correction)
    world.load(songs=first)
    world.load(songs=second)
    world.load(songs=third)
    world.load(pages)
    found = world.courses(nodes)
    for number, course in expected.items():
        same(found[f"song:{uuid(number)}", "spotify:streams"], course, f"song {number}, kind {number % 3}")
    assert sum(one.restated for course in expected.values() for one in course) >= 20
    assert sum(not any(one.restated for one in course) for course in expected.values()) >= 10


def test_two_days_of_asking_that_disagree_are_a_restatement_too(desk, nodes):
    draw, world, expected, pages = random.Random(104), Desk(desk), {}, {}
    for number in range(1, 61):
        share, begins, metric = draw.choice([130, 102, 100, 98, 60]), draw.choice([0, 20, 35, 41, 45]), "youtube:views"
        base, step = draw.choice([1000, 10**6]), draw.choice([1, 1000])
        old = line(0, 40, base, step)
        new = {day: value * share // 100 for day, value in line(begins, 70, base, step).items()}
        pages |= asked({"A": old}, number, "youtube", date(2024, 3, 1)) | asked(
            {"A": new}, number, "youtube", date(2024, 4, 1)
        )
        versions = [Version(old, 1, date(2024, 3, 1)), Version(new, 1, date(2024, 4, 1))]
        expected[number] = ruled(versions, METRICS[metric].correction)
    world.load(pages)
    found = world.courses(nodes)
    for number, course in expected.items():
        same(found[f"song:{uuid(number)}", "youtube:views"], course, f"song {number}")
    assert 8 <= sum(any(one.restated for one in course) for course in expected.values()) <= 50


def test_a_day_that_no_load_can_have_seen_is_no_observation(desk, nodes):
    """In a report and in an answer, by a typo in the year or by some weeks; the next day is just possible."""
    world, today = Desk(desk), date.today()
    ahead = [today + timedelta(days) for days in (3, 9, 29, 365)] + [date(2042, 4, 29), date(2099, 12, 31)]
    course = {today - timedelta(days): 1000 - days for days in range(-1, 9)}
    records = [record(number, course | {day: 5000}) for number, day in enumerate(ahead, start=1)]
    records.append(record(20, course))
    pages = {}
    for number, day in enumerate(ahead, start=30):
        pages |= asked({"A": course | {day: 5000}}, number, "youtube", today)
    world.load(pages, records)
    for subject, found in world.courses(nodes).items():
        assert {one.day: one.value for one in found} == course, subject


PLACEHOLDERS = ("XX0000000000", "ZZ-XXX-00-00000", "0", "n/a", "QZ0000000000", "TEST", "FRZ00000000")


def songs_alike(draw, kind, number):
    """Courses and names of songs that one credit and title propose; a code proposes them as well."""
    meet, base, step = draw.randrange(30, 60), draw.choice([5000, 10**6, 10**8]), draw.choice([1, 100])
    first, twin = line(0, 90, base, step), line(10, 99, base, step)
    match kind:
        case "equal counts":
            courses = [first, {day: value + value // 200 for day, value in twin.items()}]
        case "other counts":
            courses = [first, {day: 3 * value for day, value in twin.items()}]
        case "one after the other":  # or too late, too low, too high
            begin, share = meet + draw.choice([1, 5, 28, 29, 40]), draw.choice([100, 100, 99, 97, 150, 205])
            level = (base + step * meet) * share // 100
            courses = [line(0, meet, base, step), line(begin, begin + 30, level - step * begin, step)]
        case "few common days":
            courses = [line(0, meet, base, step), line(meet + 1 - draw.choice([1, 2, 3, 4]), 99, base, step)]
        case "most days agree":  # or fewer than four fifths
            wrong = draw.choice([0.03, 0.1, 0.2, 0.22, 0.4])
            courses = [first, {day: 9 * value if draw.random() < wrong else value for day, value in twin.items()}]
        case "a chain":  # the second carries on the first, the third the second
            courses = [line(0, 30, base, step), line(32, 60, base, step), line(63, 99, base, step)]
    code = f"FRZ{number + 1:09}" if draw.random() < 0.5 else None
    for place, course in enumerate(courses):
        title = f"Other {number}-{place}" if code and place else f"Title {number}"
        yield title, f"Credit {number}", code, {"spotify:streams": course}


def songs_by_code(draw, kind, number):
    """Songs of two names, credits and equal counts: only a code can propose them."""
    codes = {
        "a placeholder": [draw.choice(PLACEHOLDERS)] * 2,
        "two spellings": [f"FRZ{number:02}0000001", f"fr-z{number:02}-00-00001"],
        "two codes": [f"FRZ{number:02}0000001", f"FRZ{number:02}0000002"],
    }[kind]
    for place, code in enumerate(codes):
        yield (
            f"Title {number}-{place}",
            f"Credit {number}-{place}",
            code,
            {"spotify:streams": line(0, 90 + place, 10**6, 9)},
        )


def songs_of_two_metrics(draw, number):
    """One recording by its streams; of the views one song may show others."""
    share = draw.choice([1, 1, 5])
    for place, views in enumerate((line(0, 90, 2000, 10), line(0, 99, 2000 * share, 10))):
        courses = {"spotify:streams": line(0, 90 + place, 10**6, 9), "youtube:views": views}
        yield f"Title {number}", f"Credit {number}", None, courses


def songs_of_recordings():
    draw, made = random.Random(105), []
    alike = ("equal counts", "other counts", "one after the other", "few common days", "most days agree", "a chain")
    for number in range(0, 60):
        made += songs_alike(draw, alike[number % len(alike)], number)
    for number in range(60, 78):
        made += songs_by_code(draw, ("a placeholder", "two spellings", "two codes")[number % 3], number)
    for number in range(78, 86):
        made += songs_of_two_metrics(draw, number)
    # a code on more songs than one recording has
    made += [
        (f"Crowd {place}", f"Crowd {place}", "USABC1234567", {"spotify:streams": line(0, 80 + place, 70_000, 5)})
        for place in range(12)
    ]
    return [Song(uuid(number), *song) for number, song in enumerate(made, start=1)]


@pytest.fixture
def recorded(desk):
    world, songs, pages = Desk(desk), songs_of_recordings(), {}
    for number, song in enumerate(songs, start=1):
        page = page_of_song(number, song.isrc, song.title, song.credit)
        pages[date(2024, 6, 1), f"song__{song.song_id}"] = page
        if "youtube:views" in song.courses:
            pages |= asked({"A": song.courses["youtube:views"]}, number, "youtube")
    rows = [
        record(number, song.courses["spotify:streams"], song.title, song.credit)
        for number, song in enumerate(songs, start=1)
    ]
    world.load(songs=rows)
    world.load(pages)
    return world, songs


def test_songs_are_one_recording_if_their_counts_say_so(recorded, nodes):
    world, songs = recorded
    expected = {song: name for name, group in recordings(songs, STREAMS.correction).items() for song in group}
    with duckdb.connect(str(world.desk.warehouse)) as connection:
        construct(connection, nodes, ("dim_songs",))
        found = connection.execute("select song_id, recording_id, has_twin from audience.dim_songs").fetchall()
    assert {song for song, *_ in found} == expected.keys()
    sizes = list(expected.values())
    wrong = [
        (song, name, expected[song], twin)
        for song, name, twin in sorted(found)
        if name != expected[song] or twin != (sizes.count(name) > 1)
    ]
    assert not wrong, wrong
    assert 30 < sum(sizes.count(name) > 1 for name in set(sizes)) < 72


def test_a_recording_s_course_is_day_by_day_that_of_its_songs(recorded, nodes):
    world, songs = recorded
    found = world.courses(nodes, "int_observations_unioned")
    by_id, wanted = {song.song_id: song for song in songs}, set()
    for name, group in recordings(songs, STREAMS.correction).items():
        if len(group) == 1:
            continue
        members = [by_id[song] for song in sorted(group)]
        for metric in sorted({metric for song in members for metric in song.courses}):
            course = composed(members, metric, STREAMS.correction)
            shown = {one.day: one.value for one in found.get((f"recording:{name}", metric), [])}
            assert shown == course, f"{name} {metric}"
            wanted.add((f"recording:{name}", metric))
    assert {key for key in found if key[0].startswith("recording:")} == wanted
    assert {metric for _, metric in wanted} == {"spotify:streams", "youtube:views"}


BEYOND = 2**60


def page_of_followers(number, course):
    items = [
        {"date": f"{day}T00:00:00+00:00", "value": value, "countryPlots": [
            {"date": f"{day}T00:00:00+00:00", "value": value, "countryCode": "FR", "countryName": "France"}
        ], "cityPlots": []}
        for day, value in course.items()
    ]  # fmt: skip
    artist = {"uuid": uuid(number), "slug": f"a{number}", "name": f"Artist {number}"}
    return {"related": {"artist": artist, "platform": "instagram"}, "items": items, "errors": []}


def test_a_value_that_cannot_be_hides_none_that_can(desk, nodes):
    """A count beyond 2^53 or a popularity of 101, in an answer or a report: what else is known of the day counts."""
    world, course, bad_day = Desk(desk), line(0, 30, 1000, 10), on(20)
    bad, popularity = course | {bad_day: BEYOND}, dict.fromkeys(course, 50)
    older, newer, soon, late = [], [], date(2024, 6, 1), date(2024, 7, 1)
    pages, again = asked({"A": course}, 3, "youtube", soon), asked({"A": bad}, 3, "youtube", late)
    again |= asked({"A": bad}, 1, "spotify", late)  # against a report
    older += [record(1, course), record(2, course)]
    newer += [record(2, bad)]
    for rows, high in ((older, 50), (newer, 101)):
        rows.append(record(4, course))
        for point in rows[-1]["timeSeries"]:
            point[reports.POPULARITY] = high if point["date"][:10] == str(bad_day) else 50
    newer[-1]["title"] = "Song 4 "  # another version
    again |= asked({"A": bad}, 5, "youtube", late)  # nothing else is known of the day
    for at, values, found in ((soon, course, pages), (late, bad, again)):
        found[at, f"artist-local-followers__{uuid(6)}__instagram__{on(0)}_{on(30)}__p0001"] = page_of_followers(
            6, values
        )
    world.load(pages, older)
    world.load(again, newer)
    found = world.courses(nodes)
    expected = {(f"song:{uuid(number)}", "spotify:streams"): course for number in (1, 2, 4)}
    expected |= {(f"song:{uuid(3)}", "youtube:views"): course, (f"artist:{uuid(6)}", "instagram:followers"): course}
    expected |= {(f"song:{uuid(4)}", "spotify:popularity"): popularity}
    expected[f"song:{uuid(5)}", "youtube:views"] = {day: value for day, value in course.items() if day != bad_day}
    for key, values in expected.items():
        same(found[key], [Observation(day, value) for day, value in sorted(values.items())], key)
    with duckdb.connect(str(desk.warehouse)) as connection:
        construct(connection, nodes, ("int_quality_observations_found", "fct_place_observations"))
        places = connection.execute("select observed_date, value from audience.fct_place_observations").fetchall()
        said = connection.execute("""
            select finding_kind, record_id, place, found_date from intermediate.int_quality_observations_found
            where finding_kind like 'value_%' order by all
        """).fetchall()
    assert dict(places) == course
    kinds = {(f"song:{uuid(number)}", "spotify:streams"): "value_too_large" for number in (1, 2)}
    kinds |= {(f"song:{uuid(number)}", "youtube:views"): "value_too_large" for number in (3, 5)}
    kinds |= {(f"song:{uuid(4)}", "spotify:popularity"): "value_above_range"}
    kinds |= {(f"artist:{uuid(6)}", "instagram:followers"): "value_too_large"}
    assert sorted(said) == sorted((kind, *key, bad_day) for key, kind in kinds.items())
