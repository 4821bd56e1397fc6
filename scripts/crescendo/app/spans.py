"""Days and windows as people write them."""

from datetime import date

from crescendo.ask.texts import _, language
from crescendo.ask.windows import DAY, Window

MONTHS_FR = ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.")


def day(said: date) -> str:
    """A day as people write it: 30 Apr 2025."""
    month = MONTHS_FR[said.month - 1] if language() == "fr" else f"{said:%b}"
    return f"{said.day} {month} {said.year}"


def span(window: Window) -> str:
    """A window's days, the first that counts to the last: 17 Apr 2025 to 14 May 2025."""
    return _("{start} to {end}", start=day(window.start + DAY), end=day(window.end))
