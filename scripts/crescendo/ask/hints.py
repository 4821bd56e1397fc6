"""Words that people type for a window, and the option that says the same: april, this month, Q2, 04/2025, 7 days."""

import re
import unicodedata
from datetime import date, timedelta

MONTHS = (
    ("january", "janvier"), ("february", "fevrier"), ("march", "mars"), ("april", "avril"), ("may", "mai"),
    ("june", "juin"), ("july", "juillet"), ("august", "aout"), ("september", "septembre"), ("october", "octobre"),
    ("november", "novembre"), ("december", "decembre"),
)  # fmt: skip
# the least letters that tell a month, which are four for juin and juillet
LEAST = 3
UNITS = {"day": "d", "week": "w", "month": "m", "year": "y", "jour": "d", "semaine": "w", "mois": "m", "an": "y"}
NAMED = ("mtd", "ytd", "last-week", "last-month", "last-quarter", "last-year")
THIS = {"this", "current", "ce", "cette", "to", "so"}
LAST = {"last", "previous", "prev", "past", "dernier", "derniere", "precedent", "passe"}
PERIODS = {"mois": "month", "an": "year", "annee": "year", "semaine": "week", "trimestre": "quarter"}


def window(said: str, end: date) -> str:
    """The option that says what was meant, such as '--window 2025-04', if the last complete day is `end`; else ''."""
    words = re.findall(r"[a-z]+|\d+", _plain(said))
    for name in NAMED:
        if "".join(words) == name.replace("-", ""):
            return f"--window {name}"
    return _month(words, end) or _length(words) or _part_of_year(words, end) or _period(words, end) or _day(words)


def day(said: str) -> str:
    """A day as 2025-04-30 if only its writing is wrong, else the option that says what was meant; else ''."""
    words = re.findall(r"[a-z]+|\d+", _plain(said))
    found = _day(words).removeprefix("--from ").split(" ")[-1]
    return found or (_month(words, date.min) if any(len(word) == 4 and word.isdigit() for word in words) else "")


def _plain(said: str) -> str:
    letters = unicodedata.normalize("NFD", said.lower())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _month(words: list[str], end: date) -> str:
    """A month by its name or number, the latest one that has begun if no year is said."""
    numbers = [int(word) for word in words if word.isdigit()]
    names = [word for word in words if not word.isdigit()]
    months = [number for number, known in enumerate(MONTHS, 1) for name in names if _is_month(name, known)]
    years = [number for number in numbers if 1900 < number < 2200]
    if len(words) == 1 and numbers and re.fullmatch(r"(19|20|21)\d{2}(0[1-9]|1[0-2])", words[0]):
        return f"--window {words[0][:4]}-{words[0][4:]}"
    if len(words) == 2 and len(numbers) == 2 and len(years) == 1:
        months = [number for number in numbers if 1 <= number <= 12]
    if len(months) != 1 or len(words) > 2 or (len(words) == 2 and not years):
        return ""
    year = years[0] if years else end.year - (months[0] > end.month)
    return f"--window {year}-{months[0]:02}"


def _is_month(word: str, known: tuple[str, str]) -> bool:
    return len(word) >= LEAST and any(name.startswith(word) for name in known)


def _length(words: list[str]) -> str:
    """28 days, last 4 weeks, 28: a length up to the last complete day."""
    if words in (["yesterday"], ["today"], ["hier"]):
        return "--last 1d"
    kept = [word for word in words if word not in LAST and word not in ("the", "les", "des")]
    if len(kept) == 1 and kept[0].isdigit() and len(kept[0]) < 4:
        return f"--last {int(kept[0])}d" if int(kept[0]) else ""
    if len(kept) != 2 or not kept[0].isdigit() or not int(kept[0]) or len(kept[0]) > 4:
        return ""
    if kept[1] == kept[1][:1] and kept[1] in "dwmy":
        return f"--last {int(kept[0])}{kept[1]}"
    unit = UNITS.get(kept[1], UNITS.get(kept[1].removesuffix("s")))
    return f"--last {int(kept[0])}{unit}" if unit else ""


def _part_of_year(words: list[str], end: date) -> str:
    """Q2, 2025Q2, W17 2025, week 17: a quarter or week, of this year if none is said."""
    letters = "".join(word for word in words if not word.isdigit())
    numbers = [word for word in words if word.isdigit()]
    years = [number for number in numbers if len(number) == 4]
    parts = [int(number) for number in numbers if len(number) < 3]
    if len(parts) != 1 or len(years) > 1:
        return ""
    year = years[0] if years else end.year
    if letters in ("q", "t", "quarter", "trimestre") and 1 <= parts[0] <= 4:
        return f"--window {year}-Q{parts[0]}"
    if letters in ("w", "kw", "s", "week", "semaine") and 1 <= parts[0] <= 53:
        return f"--window {year}-W{parts[0]:02}"
    return ""


def _period(words: list[str], end: date) -> str:
    """This month, year to date, last month: the part of the calendar up to the last complete day, or before it."""
    parts = [PERIODS.get(word, word) for word in words if word not in ("the", "date", "le", "la")]
    periods = [word for word in parts if word in ("week", "month", "quarter", "year")]
    others = {word for word in parts if word not in periods}
    if words == ["qtd"]:
        periods, others = ["quarter"], set()
    if len(periods) != 1 or not (others <= THIS or others <= LAST):
        return ""
    if others and others <= LAST:
        return f"--window last-{periods[0]}"
    if periods[0] in ("month", "year"):
        return "--window mtd" if periods[0] == "month" else "--window ytd"
    first = end - timedelta(days=end.weekday())
    if periods[0] == "quarter":
        first = date(end.year, end.month - (end.month - 1) % 3, 1)
    return f"--from {first - timedelta(days=1)} --to {end}"


def _day(words: list[str]) -> str:
    """A day in another writing, if it can be only one: 30/04/2025, 20250430, 2025/4/30."""
    if len(words) == 1 and re.fullmatch(r"\d{8}", words[0]):
        words = [words[0][:4], words[0][4:6], words[0][6:]]
    if len(words) != 3 or not all(word.isdigit() for word in words):
        return ""
    orders = [words] if len(words[0]) == 4 else [words[::-1], [words[2], words[0], words[1]]]
    days = {found for order in orders if (found := _date(order))}
    if len(days) != 1:
        return ""
    [found] = days
    return f"--from {found - timedelta(days=1)} --to {found}"


def _date(parts: list[str]) -> date | None:
    try:
        return date(*map(int, parts)) if len(parts[0]) == 4 else None
    except (ValueError, OverflowError):
        return None
