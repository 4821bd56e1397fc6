"""Worlds in which it is known what moved, why and when: drawn from the words of docs/insights.md, not from the SQL.

A world is a list of series with their members. Each series has a usual course (a level, a weekday pattern, noise); in
some of them something is planted: a rise or a fall with its day and its size, or what must not be taken for one (a
reset, a restatement, an outlier, a silence, a new identifier).
"""

import math
import random
import zlib
from dataclasses import dataclass, field
from datetime import date, timedelta

FIRST = date(2025, 1, 6)  # a Monday
WEEKDAYS = (0.95, 0.92, 0.94, 1.0, 1.15, 1.14, 0.9)


@dataclass
class Course:
    """One series: its values by day, where an identifier brought something and where a newer version begins."""

    subject: str
    metric: str
    values: dict[date, float]
    linked: dict[date, float] = field(default_factory=dict)
    restated: set[date] = field(default_factory=set)


@dataclass(frozen=True)
class Planted:
    """What was put into a world: the group, the member and platform that moved, the first day, and up or down."""

    group: str
    driver: str
    platform: str
    metric: str
    day: date
    sign: int


@dataclass
class Place:
    """A country in which an artist's audience is listed every day, and how large it was."""

    artist: str
    metric: str
    country: str
    values: dict[date, float]
    restated: frozenset[date] = frozenset()

    def described(self) -> tuple:
        """Its row of int_places_described."""
        platform, metric = self.metric.split(":")
        end = max(self.values)
        return (
            *(self.artist, self.metric, "country", self.country, "", "", f"{self.artist}/{self.country}", self.artist),
            *(platform, metric, "accounts", "gauge", 1000.0, end, 1, 7, self.country),
        )

    def listed(self) -> list[tuple]:
        """Its rows of int_place_days_listed."""
        place = f"{self.artist}/{self.country}"
        key = zlib.crc32(f"{place} {self.metric}".encode())
        return [
            (key, self.artist, self.metric, "country", self.country, "", "", place, day, value, 0, day in self.restated)
            for day, value in self.values.items()
        ]


@dataclass
class World:
    """Series, which group each subject belongs to, and what was planted; `end` is the last day of the window.

    playlists: rows of (playlist, song, subscribers, day of entry, day of exit or None).
    """

    end: date
    courses: list[Course] = field(default_factory=list)
    groups: dict[str, list[str]] = field(default_factory=dict)
    planted: list[Planted] = field(default_factory=list)
    began: dict[str, date] = field(default_factory=dict)
    places: list[Place] = field(default_factory=list)
    playlists: list[tuple] = field(default_factory=list)


def gains(draw: random.Random, days: int, level: float, noise: float, trend: float = 0.0) -> list[float]:
    """Daily gains about a level: weekdays, a trend (share a week), noise that outlives its day, at times a burst."""
    made, memory = [], 0.0
    for number in range(days):
        memory = 0.5 * memory + draw.gauss(0, noise)
        burst = draw.choice([1.2, 1.4]) if draw.random() < 0.01 else 1
        expected = level * WEEKDAYS[number % 7] * math.exp(trend * number / 7 + memory) * burst
        # counted one by one, so a quiet series is as jumpy as a count
        made.append(max(0, round(draw.gauss(expected, math.sqrt(expected)))))
    return made


def counter(subject: str, metric: str, start: float, steps: list[float]) -> Course:
    """A lifetime count whose value rises by the steps, one a day."""
    values, total = {}, start
    for number, step in enumerate(steps):
        total += step
        values[FIRST + timedelta(number)] = total
    return Course(subject, metric, values)


def usual(draw: random.Random, subject: str, metric: str, days: int) -> tuple[Course, list[float]]:
    """A series on its usual course, and its gains."""
    level = math.exp(draw.uniform(math.log(200), math.log(200_000)))
    steps = gains(draw, days, level, draw.uniform(0.02, 0.15), draw.uniform(-0.02, 0.02))
    return counter(subject, metric, max(20_000, level * draw.uniform(50, 800)), steps), steps


def quiet(draw: random.Random, subject: str, metric: str, days: int) -> Course:
    """A series that gains a few a day, or none."""
    return counter(subject, metric, 5_000, gains(draw, days, draw.uniform(0, 5), 0.1))


def broken(draw: random.Random, course: Course, last: int) -> Course:
    """What must not pass for a move, on one of the last days: a reset, a restatement, an outlier, a silence, a link."""
    days = sorted(course.values)
    day = days[-draw.randint(5, last)]
    after = [other for other in days if other >= day]
    match draw.choice(["reset", "restated", "outlier", "silence", "linked"]):
        case "reset":
            lost = course.values[day] * 0.8
            course.values |= {other: course.values[other] - lost for other in after}
        case "restated":
            course.values |= {other: course.values[other] * 1.4 for other in after}
            course.restated.add(day)
        case "outlier":
            course.values[day] *= 3
        case "silence":
            for other in after[: draw.randint(2, 3)]:
                if other != days[-1]:
                    del course.values[other]
        case "linked":
            brought = course.values[day] * 0.5
            course.values |= {other: course.values[other] + brought for other in after}
            course.linked = dict.fromkeys(after, brought)
    return course


def clean_world(seed: int, series: int, weeks: int) -> World:
    """Nothing is planted: series on their usual course, some quiet, some broken in the last weeks."""
    draw, world = random.Random(seed), World(FIRST + timedelta(7 * weeks - 1))
    for number in range(series):
        subject = f"song:clean-{number:04}"
        if number % 5 == 0:
            course = quiet(draw, subject, "spotify:streams", 7 * weeks)
        else:
            course, _ = usual(draw, subject, "spotify:streams", 7 * weeks)
        if number % 5 == 1:
            course = broken(draw, course, 60)
        world.courses.append(course)
    return world


PLATFORMS = ("spotify:streams", "jiosaavn:streams", "awa:streams")


def planted_world(seed: int, artists: int, weeks: int = 20, last: int = 7) -> World:
    """Each artist has songs on several platforms; one of them leaves its course within the last days.

    A rise is of one to four times what the artist gains in a week, but does not double what was counted ever, which
    nobody would believe at the newest end; in a fall a series with over 40 % of the artist's gain all but stops.
    """
    draw, days = random.Random(seed), 7 * weeks
    world = World(FIRST + timedelta(days - 1))
    for number in range(artists):
        artist = f"artist:{number:03}"
        songs = [f"song:{number:03}-{place}" for place in range(draw.randint(3, 6))]
        world.groups[artist] = songs
        steps = {}
        for song in songs:
            for metric in draw.sample(PLATFORMS, draw.randint(2, 3)):
                _, steps[song, metric] = usual(draw, song, metric, days)
        whole = [sum(column) for column in zip(*steps.values(), strict=True)]
        (song, metric), begin, sign = draw.choice(sorted(steps)), draw.randrange(days - last, days - 1), 1
        largest = max(steps, key=lambda key: sum(steps[key][-14:-7]))
        if sum(steps[largest][-14:-7]) > 0.4 * sum(whole[-14:-7]):
            # the largest of them all but stops, with the first day
            song, metric = largest
            begin, sign = days - last, -1
            steps[song, metric][begin:] = [round(step * 0.05) for step in steps[song, metric][begin:]]
        else:
            # most of it at once, the rest dying away
            weights = [0.6**place for place in range(days - begin)]
            size = sum(whole[-14:-7]) * draw.uniform(1, 4) / sum(weights)
            for place, weight in enumerate(weights):
                steps[song, metric][begin + place] += round(size * weight)
        world.planted.append(Planted(artist, song, metric.split(":")[0], "streams", FIRST + timedelta(begin), sign))
        for (one, kind), values in steps.items():
            ever = max(20_000, values[0] * draw.uniform(50, 800))
            planted = (one, kind) == (song, metric)
            course = counter(one, kind, max(ever, 1.5 * sum(values[begin:])) if planted else ever, values)
            # another of its songs breaks, which must not be named
            if one != song and draw.random() < 0.1:
                course = broken(draw, course, last)
            world.courses.append(course)
    return world


def retained_world(seed: int, series: int, weeks: int = 24) -> tuple[World, dict[str, tuple[float, float]]]:
    """Spikes in a week of which a known share is left one and four weeks later; returns the shares by subject."""
    draw, days = random.Random(seed), 7 * weeks
    world, shares = World(FIRST + timedelta(days - 1)), {}
    for number in range(series):
        subject = f"song:kept-{number:04}"
        _, steps = usual(draw, subject, "spotify:streams", days)
        week, level = weeks - 6, sum(steps[-49:-42]) / 7
        size, first, last = draw.uniform(3, 8), draw.uniform(0.2, 0.9), draw.uniform(0, 0.2)
        for later, share in enumerate((1, first, first, last, last, last)):
            for day in range(7 * (week + later), 7 * (week + later) + 7):
                steps[day] += round(level * size * share)
        shares[subject] = (first, last)
        world.courses.append(counter(subject, "spotify:streams", 1e6, steps))
        world.planted.append(Planted(subject, subject, "spotify", "streams", FIRST + timedelta(7 * week), 1))
    return world, shares
