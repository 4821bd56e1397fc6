"""A finding as a person would say it, with its figures."""

from datetime import date
from typing import Any

from crescendo.ask.tables import grouped, shortened
from crescendo.ask.texts import _
from crescendo.report.insights import Finding

# what is told of a finding beside its sentence, by kind: columns of its row
FIGURES = {
    "mover": ("move", "usual_move", "usual_spread", "surprise", "window_count", "first_seen_date", "contribution"),
    "milestone": ("threshold", "crossed_date", "before_value", "after_value", "daily_pace", "span_days"),
    "expected": ("threshold", "newest_value", "earliest_date", "expected_date", "latest_date"),
    "kept": ("gained", "usual_gain", "gained_7d", "gained_28d", "kept_7d_ratio", "kept_28d_ratio"),
    "release": ("day_number", "value", "catalogue_pct", "catalogue_count", "earlier_median", "earlier_count"),
    "peers": ("peer_score", "peer_count", "recent_pace", "earlier_pace", "peer_mean", "peer_spread"),
    "effect": ("effect_ratio", "low_ratio", "high_ratio", "trend_chance_ratio", "control_count", "effect_week_count"),
}


def sentence(finding: Finding) -> str:
    """One sentence, in the reader's language."""
    return _SAID[finding.kind](finding.row)


def figures(finding: Finding) -> dict[str, Any]:
    """The figures of a finding by their column, as JSON has them."""
    return {name: _plain(finding.row[name]) for name in FIGURES[finding.kind] if finding.row.get(name) is not None}


def figures_said(finding: Finding) -> str:
    """The same in a line, with how sure they are."""
    parts = [f"{name} {_short(value)}" for name, value in figures(finding).items()]
    certainty = finding.row.get("certainty")
    return ", ".join(parts + ([f"certainty {certainty}"] if certainty else []))


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return str(value)
    return value if isinstance(value, int | float | str | bool) else float(value)


def _short(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int) or abs(value) >= 100:
        return shortened(float(value)) if abs(value) >= 10_000 else grouped(float(value))
    return grouped(value, 2)


def amount(value: Any) -> str:
    """A figure that is read, not computed with: 1.63 B."""
    value = float(value)
    if abs(value) >= 10_000:
        return shortened(value)
    return grouped(value, 0 if value == int(value) or abs(value) >= 100 else 1)


def percent(ratio: float, *, sign: bool = False) -> str:
    """A share or a change in percent."""
    return f"{grouped(100 * ratio, 0 if abs(ratio) >= 0.1 else 1, sign=sign)} %"


def where(row: dict[str, Any]) -> str:
    """What is counted, and where: streams on Spotify."""
    unit = row["metric"].replace("_", " ")
    if row["platform"] == "all":
        return _("{metric} on all platforms", metric=unit)
    return _("{metric} on {platform}", metric=unit, platform=row.get("platform_name") or row["platform"])


def _mover(row: dict[str, Any]) -> str:
    known = {
        "name": row["name"], "move": amount(abs(row["move"])), "what": where(row), "usual": amount(row["usual_move"]),
        "day": row["first_seen_date"] or row["to_date"],
    }  # fmt: skip
    if row["kind"] not in ("counter", "flow") and row["start_value"] is not None and row["end_value"] is not None:
        ends = {"start": amount(row["start_value"]), "end": amount(row["end_value"])}
        said = _(
            "{name} went from {start} to {end} {what}, where a move of {usual} is usual, first seen on {day}",
            **ends,
            **known,
        )
    elif row["move"] < 0:
        said = _("{name} lost {move} {what}, where {usual} is usual, first seen on {day}", **known)
    elif row["surprise"] >= 0:
        said = _("{name} gained {move} {what}, where {usual} is usual, first seen on {day}", **known)
    else:
        said = _("{name} gained only {move} {what}, where {usual} is usual, first seen on {day}", **known)
    if row["driver_name"] and row["driver_name"] != row["name"]:
        said += _("; most of it is {driver} ({part})", driver=row["driver_name"], part=amount(row["contribution"]))
    return said + "."


def _milestone(row: dict[str, Any]) -> str:
    return _(
        "{name} passed {threshold} {what} on {day}.",
        name=row["name"], threshold=amount(row["threshold"]), what=where(row), day=row["crossed_date"],
    )  # fmt: skip


def _expected(row: dict[str, Any]) -> str:
    known = {
        "name": row["name"], "threshold": amount(row["threshold"]), "what": where(row), "day": row["expected_date"],
        "first": row["earliest_date"],
    }  # fmt: skip
    if row["latest_date"] is None:
        return _(
            "{name} is expected to reach {threshold} {what} on {day}, in 9 of 10 cases not before {first}.", **known
        )
    return _(
        "{name} is expected to reach {threshold} {what} on {day}, in 8 of 10 cases between {first} and {last}.",
        last=row["latest_date"], **known,
    )  # fmt: skip


def _kept(row: dict[str, Any]) -> str:
    known = {
        "name": row["name"], "what": where(row), "share": percent(row["kept_ratio"]), "week": row["week_date"],
        "gained": amount(row["gained"]),
    }  # fmt: skip
    if row["is_month"]:
        return _(
            "{name} keeps {share} of its leap to {gained} {what} in the week of {week}, four weeks later.", **known
        )
    return _("{name} keeps {share} of its leap to {gained} {what} in the week of {week}, a week later.", **known)


def _release(row: dict[str, Any]) -> str:
    said = _(
        "{name} has {value} {what} on day {day}, more than {share} of {count} others had on theirs",
        name=row["name"], value=amount(row["value"]), what=where(row), day=row["day_number"],
        share=percent(row["catalogue_pct"] / 100), count=grouped(row["catalogue_count"]),
    )  # fmt: skip
    if row.get("earlier_ratio"):
        said += _("; {ratio} times the artist's earlier ones", ratio=grouped(row["earlier_ratio"], 1))
    return said + "."


def _peers(row: dict[str, Any]) -> str:
    known = {
        "name": row["name"], "what": where(row), "score": grouped(abs(row["peer_score"]), 1),
        "count": grouped(row["peer_count"]),
    }  # fmt: skip
    is_above = row["peer_score"] > 0
    if row["kind"] not in ("counter", "flow"):  # peers compares levels
        if is_above:
            return _(
                "{name}: the mean level of {what} in four weeks, compared with the nine weeks before, is {score}"
                " deviations above that of {count} like it.",
                **known,
            )
        return _(
            "{name}: the mean level of {what} in four weeks, compared with the nine weeks before, is {score}"
            " deviations below that of {count} like it.",
            **known,
        )
    if is_above:
        return _(
            "{name}: the gain of {what} in four weeks, compared with the nine weeks before, is {score}"
            " deviations above that of {count} like it.",
            **known,
        )
    return _(
        "{name}: the gain of {what} in four weeks, compared with the nine weeks before, is {score}"
        " deviations below that of {count} like it.",
        **known,
    )


def _effect(row: dict[str, Any]) -> str:
    known = {
        "name": row["name"], "playlist": row["playlist_name"] or row["playlist_id"], "what": where(row),
        "effect": percent(row["effect_ratio"], sign=True), "low": percent(row["low_ratio"], sign=True),
        "high": percent(row["high_ratio"], sign=True),
    }  # fmt: skip
    return _(
        "On {playlist}, {name} has {effect} {what} against like songs, in 19 of 20 cases between {low} and {high}.",
        **known,
    )


_SAID = {
    "mover": _mover, "milestone": _milestone, "expected": _expected, "kept": _kept, "release": _release,
    "peers": _peers, "effect": _effect,
}  # fmt: skip
