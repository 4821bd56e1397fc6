"""Hypotheses about popularity, each with the evidence for it and the verdict that follows from the findings alone."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass

import pandas as pd

from crescendo.report.popularity import ACROSS, OVER_TIME, Analysis

WEAK = 0.2  # an interval within this of zero leaves room for a weak link at most
RECENT, WEEKLY, SO_FAR = "streams_28d", "streams_7d", "streams"
COVERED = {RECENT, WEEKLY, SO_FAR, "streams_28d_log_change", "age_days", "catalogue_song_count"}


@dataclass(frozen=True)
class Verdict:
    """A claim about one platform; verdict is supported, refuted, undecided or unanswered."""

    platform: str
    claim: str
    verdict: str
    evidence: str


def verdicts(analysis: Analysis) -> list[Verdict]:
    """Every hypothesis judged, the platform with the most songs first; of the others what can be answered."""
    ranked = analysis.facts.sort_values("songs", ascending=False)["platform"].tolist()
    return [
        Verdict(platform, claim, verdict, evidence)
        for platform in ranked
        for claim, verdict, evidence in _judged(analysis.findings[analysis.findings["platform"] == platform])
        if platform == ranked[0] or verdict != "unanswered"
    ] + [Verdict("all", *_same_everywhere(analysis))]


def as_records(found: list[Verdict]) -> list[dict]:
    """Plain dictionaries, for JSON and templates."""
    return [asdict(verdict) for verdict in found]


def _judged(found: pd.DataFrame) -> Iterator[tuple[str, str, str]]:
    across = found[found["design"] == ACROSS].set_index(["variable", "method"], drop=False)
    weekly = found[(found["design"] == OVER_TIME) & (found["variable"] == WEEKLY) & (found["method"] == "spearman")]
    yield "Songs that are streamed more now score higher.", *_positive(_row(across, RECENT))
    yield (
        "Recent streams go with the score more closely than the streams so far.",
        *_closer(_row(across, RECENT), _row(across, SO_FAR)),
    )
    yield "When the streams of a song rise, its score follows.", *_follows(weekly[weekly["lag"] >= 0], 1)
    yield "The score tells in advance where the streams will go.", *_follows(weekly[weekly["lag"] < 0], 0)
    yield (
        "Age goes with the score where the other numbers are equal.",
        *_either(_row(across, "age_days", "partial spearman"), _row(across, "age_days")),
    )
    yield (
        "The size of the artist's catalogue goes with the score where the other numbers are equal.",
        *_either(_row(across, "catalogue_song_count", "partial spearman"), _row(across, "catalogue_song_count")),
    )
    for variable in dict.fromkeys(found["variable"]):
        if variable not in COVERED:
            label = found.loc[found["variable"] == variable, "label"].iloc[0]
            partial = _row(across, variable, "partial spearman")
            judged = [
                (f"Songs that differ in this differ in score: {label}.", *_either(_row(across, variable), partial))
            ]
            over = found[(found["design"] == OVER_TIME) & (found["variable"] == variable)]
            over = over[(over["method"] == "spearman") & (over["lag"] >= 0)]
            if len(over):
                judged.append((f"When this changes, the score of the song follows: {label}.", *_follows(over, 0)))
            # what stays open fills pages where twenty platforms count followers: the report lists it elsewhere
            yield from (verdict for verdict in judged if verdict[1] != "unanswered")


def _row(across: pd.DataFrame, variable: str, method: str = "spearman") -> pd.Series | None:
    return across.loc[(variable, method)] if (variable, method) in across.index else None


def in_words(row: pd.Series) -> str:
    """An estimate with all that it needs: `0.91 (0.87 to 0.94; 77 songs of 57 artists)`."""
    number = f"{row['estimate']:+.2f} ({row['low']:+.2f} to {row['high']:+.2f}"
    if row["design"] == OVER_TIME:
        return f"{number}; {row['units']:.0f} {row['unit']}s, lag {row['lag']:+.0f} weeks)"
    witnesses = f" of {row['units']:.0f} artists" if row["unit"] == "artist" else ""
    return f"{number}; {row['n']:.0f} songs{witnesses})"


def _unanswered(row: pd.Series | None) -> tuple[str, str] | None:
    if row is None:
        return "unanswered", "The data hold no such numbers."
    if pd.isna(row["estimate"]):
        return "unanswered", "One side does not vary, or too few songs have both numbers."
    if row["status"] == "too_few":
        return "unanswered", f"Under 30 effective points: {in_words(row)}."
    return None


def _strength(row: pd.Series) -> str:
    """Where a link is not starred: whether it is refuted or only not seen."""
    return "refuted" if max(abs(row["low"]), abs(row["high"])) < WEAK else "undecided"


def _positive(row: pd.Series | None) -> tuple[str, str]:
    if missing := _unanswered(row):
        return missing
    if row["starred"] and row["estimate"] > 0:
        return "supported", f"Rank correlation {in_words(row)}."
    return ("refuted" if row["starred"] else _strength(row)), f"Rank correlation {in_words(row)}."


def _either(row: pd.Series | None, also: pd.Series | None) -> tuple[str, str]:
    if missing := _unanswered(row):
        return missing
    parts = [
        f"{'With ' + row['held'] + ' held fixed' if row['method'].startswith('partial') else 'Alone'}: {in_words(row)}"
    ]
    if also is not None and pd.notna(also["estimate"]):
        name = f"with {also['held']} held fixed" if also["method"].startswith("partial") else "alone"
        parts.append(f"{name}: {in_words(also)}{' (starred)' if also['starred'] else ''}")
    return ("supported" if row["starred"] else _strength(row)), "; ".join(parts) + "."


def _closer(recent: pd.Series | None, so_far: pd.Series | None) -> tuple[str, str]:
    for row in (recent, so_far):
        if missing := _unanswered(row):
            return missing
    evidence = f"Recent: {in_words(recent)}; so far: {in_words(so_far)}."
    if recent["low"] > so_far["high"]:
        return "supported", evidence
    return ("refuted" if so_far["low"] > recent["high"] else "undecided"), evidence


def _follows(rows: pd.DataFrame, sign: int) -> tuple[str, str]:
    """Whether any lag is starred; with sign 1 only a rise with a rise counts."""
    known = rows.dropna(subset="estimate")
    if known.empty or (known["status"] == "too_few").all():
        return "unanswered", "No series of 30 effective weeks with both numbers."
    strongest = known.loc[known["estimate"].abs().idxmax()]
    starred = known[known["starred"] & ((known["estimate"] > 0) | (sign == 0))]
    if starred.empty:
        return _strength(strongest), f"No lag is starred; the strongest is {in_words(strongest)}."
    lags = ", ".join(f"{lag:+.0f}" for lag in starred["lag"])
    best = starred.loc[starred["estimate"].abs().idxmax()]
    return "supported", f"Starred at lags of {lags} weeks; strongest {in_words(best)}."


def _same_everywhere(analysis: Analysis) -> tuple[str, str, str]:
    claim = "The score goes with recent streams in the same way on every platform."
    found = analysis.findings
    found = found[(found["design"] == ACROSS) & (found["variable"] == RECENT) & (found["method"] == "spearman")]
    each, summary = found[found["platform"] != "all"].dropna(subset="estimate"), found[found["platform"] == "all"]
    if len(each) < 2:
        names = ", ".join(analysis.facts["platform"])
        return claim, "unanswered", f"Only {names} gives a score and streams: there is nothing to compare it with."
    parts = "; ".join(f"{row['platform']} {in_words(row)}" for _, row in each.iterrows())
    overlap = each["low"].max() <= each["high"].min()
    return claim, "supported" if overlap else "refuted", f"{parts}; over all {in_words(summary.iloc[0])}."
