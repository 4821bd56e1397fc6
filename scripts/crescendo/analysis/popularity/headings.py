"""What columns and methods are called where people read them; JSON and the code keep the names in English."""

import pandas as pd

from crescendo.analysis.popularity.report import ACROSS, OVER_TIME, SHUFFLED, SMOOTHED
from crescendo.ask.texts import _

COLUMNS = {
    "platform": "platform", "variable": "variable", "method": "method", "lag": "lag (weeks)", "estimate": "estimate",
    "low": "low", "high": "high", "n": "n", "n_effective": "effective n", "units": "units", "unit": "unit", "p": "p",
    "q": "q", "status": "status", "starred": "starred", "i2": "I²", "heterogeneity_p": "p of a difference",
    "without_one_low": "lowest without one", "without_one_high": "highest without one", "held": "held fixed",
}  # fmt: skip
# of the other tables
HEADINGS = COLUMNS | {
    "label": "variable", "name": "variable", "design": "design", "star": "star", "control": "control", "tests": "tests",
    "below_5_percent": "below 5 %", "passed": "passed", "series": "series", "songs": "songs", "artist": "artist",
    "adf_stationary": "stationary by ADF", "kpss_stationary": "stationary by KPSS", "median": "median",
    "streams_a_day": "streams a day", "score from": "score from", "score to": "score to",
    "from": "value from", "to": "value to", "title": "title", "value": "value", "popularity": "popularity",
}  # fmt: skip
# column -> its values that are words, to be translated
WORDS = {
    "design": (ACROSS, OVER_TIME),
    "method": ("spearman", "pearson on logs", "partial spearman"),
    "control": (SHUFFLED, SMOOTHED),
    "unit": ("song", "artist", "platform"),
}


def called(platform: str) -> str:
    """The code of a platform, or the word for all of them."""
    return _("all") if platform == "all" else platform


def translated(rows: pd.DataFrame) -> pd.DataFrame:
    """A table with its headings and words in the reader's language."""
    words = {column: rows[column].map(lambda value: _(value), na_action="ignore") for column in WORDS if column in rows}
    if "platform" in rows:
        words["platform"] = rows["platform"].map(called)
    return rows.assign(**words).rename(columns={name: _(heading) for name, heading in HEADINGS.items()})
