"""From what was answered to one course a song and metric, by the definitions, calculated the slow way.

A song has identifiers on a platform, an identifier has answers of several days of asking, a song stands in several
reports, and a recording has several songs. Nothing here is taken from the models.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from itertools import combinations, pairwise

from plain_growth import Observation

Course = dict[date, int]  # value by day
LONGEST_PAUSE = timedelta(28)
ISRC = re.compile(r"[A-Z]{2}[A-Z0-9]{3}[0-9]{7}")


@dataclass(frozen=True)
class Version:
    """What one answer of the API, or one report, says of a series."""

    course: Course
    load: int
    extracted: date | None = None  # only an answer of the API has it

    def rank(self) -> tuple:
        """The higher rules: an answer before a report, then the later one."""
        return (1, self.extracted, self.load) if self.extracted else (0, max(self.course), self.load)


def latest(answers: Iterable[tuple[date, int, str, date, int]]) -> dict[str, Course]:
    """Points by identifier, the latest answer of each day: (extracted, load, identifier, day, value) -> values."""
    found = {}
    for extracted, load, identifier, day, value in answers:
        now = found.setdefault((identifier, day), (extracted, load, value))
        found[identifier, day] = max(now, (extracted, load, value))
    courses = {}
    for (identifier, day), (_, _, value) in found.items():
        courses.setdefault(identifier, {})[day] = value
    return courses


def summed(courses: dict[str, Course], max_age: int) -> list[Observation]:
    """The sum of the identifiers that are known on each observed day, and what came and went with them."""
    observed, linked, known, last_values, found = sorted(set().union(*courses.values())), 0, set(), {}, []
    for day in observed:
        values = {}
        for identifier, course in courses.items():
            seen = [at for at in course if at <= day]
            if seen and (day - max(seen)).days <= max_age:
                values[identifier] = course[max(seen)]
        if found:
            linked += sum(values[identifier] for identifier in values.keys() - known)
            linked -= sum(last_values[identifier] for identifier in known - values.keys())
        known, last_values = set(values), values
        found.append(Observation(day, sum(values.values()), linked))
    return found


def followed(courses: dict[str, Course], default: str | None, correction: Fraction | None) -> list[Observation]:
    """The value of the identifier that is followed each day: the default, who stands in for it, or the largest."""
    found, linked, last = [], 0, None
    for day in sorted(set().union(*courses.values())):
        identifier = _followed_on(day, courses, default)
        if identifier is None:
            continue
        value = courses[identifier][day]
        if last and last != identifier and not _show_one_count(courses[last], courses[identifier], correction):
            linked += value - found[-1].value
        last = identifier
        found.append(Observation(day, value, linked))
    return found


def _followed_on(day: date, courses: dict[str, Course], default: str | None) -> str | None:
    own = courses.get(default, {})
    if day in own:
        return default
    shown = {identifier: course[day] for identifier, course in courses.items() if day in course}
    before, after = [at for at in own if at < day], [at for at in own if at > day]
    if before and after:
        low, high = own[max(before)], own[min(after)]
        shown = {identifier: value for identifier, value in shown.items() if low <= value <= high}
    return max(shown, key=shown.get, default=None)


NEAREST = 21  # days that tell whether a version has left another for good


def _show_one_count(one: Course, other: Course, correction: Fraction | None) -> bool:
    return any(not contradicts(one[day], other[day], correction) for day in one.keys() & other.keys())


def contradicts(one: int, other: int, correction: Fraction | None) -> bool:
    """By more than a correction; without one, at all."""
    larger, smaller = max(one, other), min(one, other)
    return larger - smaller > (correction or 0) * larger


def ruled(versions: list[Version], correction: Fraction | None) -> list[Observation]:
    """Of each day the value of the version that rules, and where the versions' scales meet."""
    ranked = sorted(versions, key=Version.rank, reverse=True)
    days = sorted(set().union(*(version.course for version in ranked)))
    ruling = {day: next(version for version in ranked if day in version.course) for day in days}
    boundaries = set()
    if correction is not None:
        for before, day in pairwise(days):
            old, new = ruling[before].course, ruling[day].course
            if ruling[before] is not ruling[day]:
                if _changes_scale(old, new, day, correction):
                    boundaries.add(day)
            elif _leaves_the_next(ranked, ruling, before, day, days, correction):
                boundaries.add(day)
    return [Observation(day, ruling[day].course[day], 0, day in boundaries) for day in days]


def _changes_scale(old: Course, new: Course, day: date, correction: Fraction) -> bool:
    # the nearest day tells: on a farther one either may have been on another scale
    nearest = min(old.keys() & new.keys(), key=lambda at: (abs(at - day), at), default=None)
    return nearest is not None and contradicts(old[nearest], new[nearest], correction)


def _leaves_the_next(
    ranked: list[Version], ruling: dict[date, Version], before: date, day: date, days: list[date], correction: Fraction
) -> bool:
    """A version that rules throughout says from this day on what the next in rank does not, or no longer does."""
    lower = ranked[ranked.index(ruling[day]) + 1 :]
    other = next((one.course for one in lower if before in one.course and day in one.course), None)
    if not other:
        return False
    own = ruling[day].course
    differed, differs = (contradicts(own[at], other[at], correction) for at in (before, day))
    # the one that moves farther has left its scale
    moves_off = abs(own[day] - own[before]) > abs(other[day] - other[before]) and (
        not other[before] or contradicts(own[day], Fraction(other[day] * own[before], other[before]), correction)
    )
    if differed and not differs:
        earlier = max((at for at in days if at < before), default=None)
        stayed = (
            earlier is None
            or ruling[earlier] is not ruling[before]
            or (earlier in other and contradicts(own[earlier], other[earlier], correction))
        )
        return stayed and moves_off
    following = next((at for at in days if at > day), None)
    if differed or not differs or following not in other or following not in own:
        return False
    # of the days from there on, on which a lower version has a value, most must contradict the ruling one
    told = [
        contradicts(own[at], next(one.course[at] for one in lower if at in one.course), correction)
        for at in days[days.index(day) :][:NEAREST]
        if at in own and any(at in one.course for one in lower)
    ]
    return contradicts(own[following], other[following], correction) and (moves_off or 2 * sum(told) > len(told))


@dataclass(frozen=True)
class Song:
    """A song: its id, what proposes that it is another's recording, and its courses by metric."""

    song_id: str
    title: str
    credit: str
    isrc: str | None = None
    courses: dict[str, Course] = field(default_factory=dict)


def code(text: str | None) -> str | None:
    """An ISRC in its plain form; None for what is none."""
    plain = (text or "").replace("-", "").replace(" ", "").upper()
    return plain if ISRC.fullmatch(plain) and plain[-7:] != "0000000" else None


def agree(one: Course, other: Course, correction: Fraction) -> bool:
    """Whether two courses are one: they agree where both are, or one goes on where the other ends."""
    common = one.keys() & other.keys()
    if len(common) >= 3:
        same = sum(not contradicts(one[day], other[day], correction) for day in common)
        return same >= 3 and 5 * same >= 4 * len(common)
    return any(_goes_on(*pair, correction) for pair in ((one, other), (other, one)))


def _goes_on(old: Course, new: Course, correction: Fraction) -> bool:
    if not old or not new or max(new) <= max(old) or min(new) <= min(old):
        return False
    last, value, pause = old[max(old)], new[min(new)], min(new) - max(old)
    # on the same scale: no more than twice the usual gain of the days between
    usual = Fraction(max(old.values()) - min(old.values()), len(old)) * max(pause.days, 1)
    fits = last - value <= correction * last and value - last <= max(correction * last, 2 * usual)
    return pause <= LONGEST_PAUSE and fits


def recordings(songs: list[Song], correction: Fraction, metric: str = "spotify:streams") -> dict[str, set[str]]:
    """Songs by recording; a recording has the smallest of its songs' ids."""
    carriers = {}
    for song in songs:
        carriers.setdefault(code(song.isrc), []).append(song)
    shared = {isrc for isrc, found in carriers.items() if isrc and len(found) <= 10}
    pairs = set()
    for one, other in combinations(songs, 2):
        by_name = (one.title, one.credit) == (other.title, other.credit)
        by_code = code(one.isrc) == code(other.isrc) and code(one.isrc) in shared
        if (by_name or by_code) and agree(one.courses.get(metric, {}), other.courses.get(metric, {}), correction):
            pairs.add((one.song_id, other.song_id))
    groups = connected([song.song_id for song in songs], pairs)
    return {min(group): group for group in groups}


def connected(names: list[str], pairs: Iterable[tuple[str, str]]) -> list[set[str]]:
    groups = [{name} for name in names]
    for one, other in pairs:
        joined = [group for group in groups if one in group or other in group]
        groups = [group for group in groups if group not in joined] + [set().union(*joined)]
    return groups


def composed(songs: list[Song], metric: str, correction: Fraction) -> Course:
    """The course of a recording in a metric: each day the largest value of its songs that are of one mind there."""
    having = [song for song in songs if song.courses.get(metric)]
    primary = max(having, key=lambda song: max(song.courses[metric]))
    pairs = [
        (one.song_id, other.song_id)
        for one, other in combinations(having, 2)
        if agree(one.courses[metric], other.courses[metric], correction)
    ]
    kept = next(group for group in connected([song.song_id for song in having], pairs) if primary.song_id in group)
    course = {}
    for song in having:
        if song.song_id in kept:
            for day, value in song.courses[metric].items():
                course[day] = max(value, course.get(day, value))
    return course
