"""Questions from a notebook: `crescendo.growth(last="28d", by="artist")` is a pandas frame, `chart` a picture."""

import warnings
from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING

from crescendo.ask import windows
from crescendo.ask.answers import ask
from crescendo.ask.question import Answer, Question

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd


def growth(
    from_date: date | str | None = None,
    to_date: date | str | None = None,
    *,
    by: str = "",
    name: str | Sequence[str] = (),
    within: dict[str, str] | None = None,
    **asked: object,
) -> "pd.DataFrame":
    """Growth of every subject of a type, or of every group, from the close of one day to the close of another.

    `by` is a type that is in the warehouse, such as song, genre or platform, or series for every subject. Instead of
    two days: `last` ('28d', '4w', '3m', '1y') or `window` ('mtd', 'last-month', '2025-04'), up to each platform's last
    complete day. `against` ('previous' or 'year') adds the window before or of a year before, `step` ('day', 'week',
    'month') gives the course inside the window. `within={'artist': 'Léo'}` keeps the members of a group. Also `metric`
    (streams if there are any; all for every one), `platform`, `sort` and `top`. Columns as `metrics.series_growth` and
    `group_growth` in the dbt docs, with `subject_id`; dates are datetime64, counts Int64, measures Float64, texts
    string. Raises CrescendoError if the question cannot be understood. Definitions: docs/method.md.
    """
    return _frame(ask(_question("growth", from_date, to_date, by, name, within, asked)))


def averages(
    from_date: date | str | None = None,
    to_date: date | str | None = None,
    *,
    by: str = "",
    name: str | Sequence[str] = (),
    within: dict[str, str] | None = None,
    **asked: object,
) -> "pd.DataFrame":
    """Averages of every subject of a type, or of every group, over a window; parameters and errors as `growth`."""
    return _frame(ask(_question("averages", from_date, to_date, by, name, within, asked)))


def chart(
    from_date: date | str | None = None,
    to_date: date | str | None = None,
    *,
    by: str = "",
    name: str | Sequence[str] = (),
    within: dict[str, str] | None = None,
    **asked: object,
) -> "alt.Chart":
    """The growth of `growth` as an Altair chart: ranked bars, or with `step` what each step added.

    Parameters and errors as `growth`; also raises CrescendoError if there is nothing to draw.
    """
    from crescendo.app.pictures import of_answer

    answer = ask(_question("growth", from_date, to_date, by, name, within, asked))
    for warning in answer.warnings:
        warnings.warn(warning, stacklevel=2)
    return of_answer(answer).chart


def _question(
    kind: str,
    from_date: date | str | None,
    to_date: date | str | None,
    by: str,
    name: str | Sequence[str],
    within: dict[str, str] | None,
    asked: dict,
) -> Question:
    known = ("last", "window", "against", "step", "metric", "platform", "sort", "top")
    for word in asked:
        if word not in known:
            raise TypeError(f"{kind}() has no argument {word!r}: there are by, name, within, {', '.join(known)}")
    if within is not None and not isinstance(within, dict):
        raise TypeError(f"within is a dict such as {{'artist': 'Léo'}}, not {within!r}")
    listed = (name,) if isinstance(name, str) or not isinstance(name, Iterable) else tuple(name)
    return Question(
        kind,
        by,
        windows.day(from_date, "from_date"),
        windows.day(to_date, "to_date"),
        names=tuple(one for one in listed if one != ""),
        within=tuple((within or {}).items()),
        **asked,
    )


def _frame(answer: Answer) -> "pd.DataFrame":
    import pandas as pd

    for warning in answer.warnings:
        warnings.warn(warning, stacklevel=3)
    kinds = {"DATE": "datetime64[s]", "VARCHAR": "string", "BOOLEAN": "boolean", "DOUBLE": "Float64"}
    columns = zip(answer.columns, answer.types, strict=True)
    return pd.DataFrame({c: pd.array(answer.values(c), dtype=kinds.get(kind, "Int64")) for c, kind in columns})
