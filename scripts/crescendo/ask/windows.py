"""Windows as people say them. A window is the days after `start` up to `end`: its growth is A(end) - A(start).

--last 28d          the 28 days up to the last complete day         (d days, w weeks, m months, y years)
--window mtd        from the close of last month to the last complete day                     (also ytd)
--window last-month the calendar month before that of the last complete day   (also -week, -quarter, -year)
--window 2025-04    April 2025: from the close of 31 March to that of 30 April  (also 2025, 2025-Q2, 2025-W17)
"""

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from crescendo.ask import hints
from crescendo.ask.texts import _
from crescendo.errors import CrescendoError

DAY = timedelta(days=1)
UNITS = {"d": "days", "w": "weeks", "m": "months", "y": "years"}
STEPS = ("day", "week", "month")
# more rows than anybody reads, and a second of work
MOST_STEPS = 400


@dataclass(frozen=True, order=True)
class Window:
    """From the close of `start` to the close of `end`."""

    start: date
    end: date

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.end - self.start).days


# a window that is known once the last complete day is
Relative = Callable[[date], Window]


def day(said: str | date | None, name: str = "") -> date | None:
    """A day as it was typed. Raises CrescendoError."""
    if said is None or (isinstance(said, date) and not isinstance(said, datetime)):
        return said
    try:
        # Python also takes 20250430 and 2025-W17-3, which nobody writes on purpose
        plain = re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", str(said)) if isinstance(said, str) else None
        return date.fromisoformat(plain[0] if plain else "")
    except ValueError:
        what = f"{name} {said!r}" if name else repr(said)
        if isinstance(said, str) and (found := re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])-\d{2}", said)):
            year, month = int(found[1]) or 1, int(found[2])
            ends = date(year, month, monthrange(year, month)[1])
            raise CrescendoError(_("there is no day {what}: that month ends on {day}", what=what, day=ends)) from None
        meant = hints.day(said) if isinstance(said, str) else ""
        if meant.startswith("--"):
            meant = _("2025-04-30, or leave it out for {option}", option=meant)
        raise CrescendoError(_("invalid day {what}: write it as {day}", what=what, day=meant or "2025-04-30")) from None


def between(start: date, end: date, today: date) -> Window:
    """A window between two days. Raises CrescendoError if it is reversed or begins in the future."""
    if end <= start:
        raise CrescendoError(
            _(
                "the window ends on {end}, not after its start {start}:"
                " growth runs from the close of --from to the close of a later --to",
                end=end,
                start=start,
            )
        )
    if start > today:
        said = _("the window starts on {start}, in the future: today is {today}", start=start, today=today)
        raise CrescendoError(said)
    return Window(start, end)


def last(said: str) -> Relative:
    """The window of `--last`. Raises CrescendoError once a day is given, if it is none."""
    found = re.fullmatch(r"([0-9]{1,5})([dwmy])", said)
    count = int(found[1]) if found else 0
    if not found or not count:
        meant = f"last {said}" if said in hints.UNITS else said
        return _refused(meant, _("invalid --last {said}: write 28d, 4w, 3m or 1y", said=repr(said)))
    if found[2] in "dw":
        length = timedelta(days=count * (7 if found[2] == "w" else 1))
        return _guarded(said, lambda end: Window(end - length, end))
    months = count * (12 if found[2] == "y" else 1)
    return _guarded(said, lambda end: Window(earlier(end, months), end))


def named(said: str) -> Relative:
    """The window of `--window`. Raises CrescendoError once a day is given, if it is none."""
    if said in _RELATIVE:
        return _RELATIVE[said]
    for pattern, made in _CALENDAR:
        if found := re.fullmatch(pattern, said, re.IGNORECASE):
            try:
                window = made(*(int(part) for part in found.groups()))
            except (ValueError, OverflowError):  # before the year 1, too
                break
            return lambda _end: window
    return _refused(
        said,
        _(
            "invalid --window {said}: write one of {words}, or 2025, 2025-04, 2025-Q2, 2025-W17",
            said=repr(said),
            words=", ".join(_RELATIVE),
        ),
        f"--window {said}",
    )


def _refused(said: str, why: str, typed: str = "") -> Relative:
    """What is no window raises CrescendoError once the last complete day is known, with the option that was meant.

    Not if that is what was `typed`: of a week that its year lacks, the writing is right.
    """

    def window(end: date) -> Window:
        meant = hints.window(said, end)
        raise CrescendoError(why + (_("; did you mean {option}?", option=meant) if meant not in ("", typed) else ""))

    return window


def earlier(end: date, months: int) -> date:
    """The same day of the month so many months earlier; the last day of that month if it is shorter."""
    year, month = divmod(end.year * 12 + end.month - 1 - months, 12)
    return date(year, month + 1, min(end.day, monthrange(year, month + 1)[1]))


def compared(window: Window, against: str, name: str = "", step: str = "") -> tuple[Window, Window]:
    """The windows to compare: this one, and the one of as many days that `against` names.

    That is the one before ('previous'), or the one that ends on the same calendar day a year earlier ('year'). If
    `name` is a month, a quarter or a year, to date or whole, it is the one from the first day of an earlier one; of
    two that differ in length both are compared over as many days as the shorter has. So are the months that the `step`
    'month' parts such a window into. Raises CrescendoError if it would begin before the year 1.
    """
    try:
        if months := _calendar_months(name):
            unit = 1 if step == "month" else months
            return _from_the_first(window, unit, 12 if against == "year" else months)
        end = window.start if against == "previous" else earlier(window.end, 12)
        return window, Window(end - (window.end - window.start), end)
    except (OverflowError, ValueError):
        raise CrescendoError(_("there is no window before {start} to compare with", start=window.start)) from None


def _calendar_months(name: str) -> int:
    """How many months the calendar's unit has that a window is named after; 0 if it is none of months."""
    for months, pattern in (
        (1, r"mtd|last-month|\d{4}-\d{2}"),
        (3, r"last-quarter|\d{4}-q\d"),
        (12, r"ytd|last-year|\d{4}"),
    ):
        if re.fullmatch(pattern, name, re.IGNORECASE):
            return months
    return 0


def _from_the_first(window: Window, months: int, back: int) -> tuple[Window, Window]:
    first = window.start + DAY
    start, last = earlier(first, back) - DAY, earlier(first, back - months) - DAY
    length = min(window.end - window.start, last - start)
    return Window(window.start, window.start + length), Window(start, start + length)


def up_to(window: Window, end: date) -> str:
    """The option for the part of a window that ends on `end`, an earlier day."""
    if window in (_months(end.year, end.month), _year(end.year)):
        return "--window mtd" if window.days < 32 else "--window ytd"
    return f"--from {window.start} --to {end}"


def split(window: Window, step: str) -> list[Window]:
    """The window by days, ISO weeks or calendar months; the first and the last may be cut. Raises CrescendoError."""
    parts = list(_parts(window, step))
    if len(parts) > MOST_STEPS:
        raise CrescendoError(
            _(
                "{count} rows for each series are too many to read: ask by week or month, or a shorter window",
                count=len(parts),
            )
        )
    return parts


def is_whole(part: Window, step: str) -> bool:
    """Whether a part of a window is a whole day, week or month."""
    return part.end == _end_of(part.start + DAY, step) and (part.start + DAY == _first_of(part.end, step))


def _first_of(day: date, step: str) -> date:
    """The first day of the day, week or month that a day is in."""
    return {"day": day, "week": day - day.weekday() * DAY, "month": day.replace(day=1)}[step]


def _end_of(day: date, step: str) -> date:
    """The last day of the day, week or month that a day is in."""
    of_month = day.replace(day=monthrange(day.year, day.month)[1])
    return {"day": day, "week": day + (6 - day.weekday()) * DAY, "month": of_month}[step]


def _parts(window: Window, step: str) -> Iterator[Window]:
    start = window.start
    while start < window.end:
        end = min(_end_of(start + DAY, step), window.end)
        yield Window(start, end)
        start = end


def _guarded(said: str, made: Relative) -> Relative:
    """A window that would begin before the first year is a mistake."""

    def window(end: date) -> Window:
        try:
            return made(end)
        except (OverflowError, ValueError):
            raise CrescendoError(_("--last {said} goes back before the year 1", said=said)) from None

    return window


def _year(year: int) -> Window:
    return Window(date(year, 1, 1) - DAY, date(year, 12, 31))


def _months(year: int, month: int, count: int = 1) -> Window:
    first = date(year, month, 1)
    final = earlier(first, 1 - count)
    return Window(first - DAY, final.replace(day=monthrange(final.year, final.month)[1]))


def _quarter(year: int, quarter: int) -> Window:
    if not 1 <= quarter <= 4:
        raise ValueError(quarter)
    return _months(year, 3 * quarter - 2, 3)


def _week(year: int, week: int) -> Window:
    monday = date.fromisocalendar(year, week, 1)
    return Window(monday - DAY, monday + 6 * DAY)


def _last_week(end: date) -> Window:
    monday = end - end.weekday() * DAY
    return Window(monday - 8 * DAY, monday - DAY)


def _last_quarter(end: date) -> Window:
    before = earlier(end.replace(day=1), 3)
    return _quarter(before.year, (before.month + 2) // 3)


def _last_month(end: date) -> Window:
    before = earlier(end.replace(day=1), 1)
    return _months(before.year, before.month)


_RELATIVE: dict[str, Relative] = {
    "mtd": lambda end: Window(end.replace(day=1) - DAY, end),
    "ytd": lambda end: Window(date(end.year, 1, 1) - DAY, end),
    "last-week": _last_week,
    "last-month": _last_month,
    "last-quarter": _last_quarter,
    "last-year": lambda end: _year(end.year - 1),
}
_CALENDAR: tuple[tuple[str, Callable[..., Window]], ...] = (
    (r"(\d{4})", _year),
    (r"(\d{4})-(\d{2})", _months),
    (r"(\d{4})-Q(\d)", _quarter),
    (r"(\d{4})-W(\d{1,2})", _week),
)
