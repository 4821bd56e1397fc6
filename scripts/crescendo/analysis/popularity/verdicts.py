"""Hypotheses about popularity, each with the evidence for it and the verdict that follows from the findings alone."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import combinations

import pandas as pd

from crescendo.analysis.popularity.correlation import LEVEL, MIN_EFFECTIVE, believable, difference
from crescendo.analysis.popularity.report import ACROSS, OVER_TIME, Analysis

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


ABSENT = pd.Series({"estimate": None, "status": "absent"})


def _row(across: pd.DataFrame, variable: str, method: str = "spearman") -> pd.Series:
    return across.loc[(variable, method)] if (variable, method) in across.index else ABSENT


def in_words(row: pd.Series) -> str:
    """An estimate with all that it needs: `0.91 (0.87 to 0.94; 77 songs of 57 artists)`."""
    known = pd.notna(row["low"])
    number = f"{row['estimate']:+.2f} (" + (f"{row['low']:+.2f} to {row['high']:+.2f}" if known else "no interval")
    if row["unit"] == "platform":
        return f"{number}; {row['units']:.0f} platforms)"
    if row["design"] == OVER_TIME:
        return f"{number}; {row['units']:.0f} {row['unit']}s, lag {row['lag']:+.0f} weeks)"
    witnesses = f" of {row['units']:.0f} artists" if row["unit"] == "artist" else ""
    return f"{number}; {row['n']:.0f} songs{witnesses})"


NO_ESTIMATE = {
    "absent": "The data hold no such numbers.",
    "too_few": "Too few songs have both numbers.",
    "no_variation": "One side does not vary.",
    "collinear": "What is held fixed tells one side completely.",
}


def _unanswered(row: pd.Series) -> tuple[str, str] | None:
    if pd.isna(row["estimate"]):
        return "unanswered", NO_ESTIMATE[row["status"]]
    if row["n_effective"] < MIN_EFFECTIVE:
        return "unanswered", f"Under 30 effective points: {in_words(row)}."
    return None


def _strength(row: pd.Series) -> str:
    """Where a link is not starred: whether it is refuted or only not seen."""
    return "refuted" if max(abs(row["low"]), abs(row["high"])) < WEAK else "undecided"


def _positive(row: pd.Series) -> tuple[str, str]:
    if missing := _unanswered(row):
        return missing
    if row["starred"] and row["estimate"] > 0:
        return "supported", f"Rank correlation {in_words(row)}."
    return ("refuted" if row["starred"] else _strength(row)), f"Rank correlation {in_words(row)}."


def _either(row: pd.Series, also: pd.Series) -> tuple[str, str]:
    if missing := _unanswered(row):
        return missing
    parts = [
        f"{'With ' + row['held'] + ' held fixed' if row['method'].startswith('partial') else 'Alone'}: {in_words(row)}"
    ]
    if pd.notna(also["estimate"]):
        name = f"with {also['held']} held fixed" if also["method"].startswith("partial") else "alone"
        parts.append(f"{name}: {in_words(also)}{' (starred)' if also['starred'] else ''}")
    return ("supported" if row["starred"] else _strength(row)), "; ".join(parts) + "."


def _closer(recent: pd.Series, so_far: pd.Series) -> tuple[str, str]:
    for row in (recent, so_far):
        if missing := _unanswered(row):
            return missing
    evidence = f"Recent: {in_words(recent)}; so far: {in_words(so_far)}."
    if recent["low"] > so_far["high"]:
        return "supported", evidence
    return ("refuted" if so_far["low"] > recent["high"] else "undecided"), evidence


def _follows(rows: pd.DataFrame, sign: int) -> tuple[str, str]:
    """Whether any lag is starred; with sign 1 only a rise with a rise counts."""
    known = believable(rows)
    if known.empty:
        return "unanswered", "No series of 30 effective weeks with both numbers."
    starred = known[known["starred"] & ((known["estimate"] > 0) | (sign == 0))]
    strongest = known.loc[known["estimate"].abs().idxmax()]
    if len(starred):
        lags = ", ".join(f"{lag:+.0f}" for lag in starred["lag"])
        best = starred.loc[starred["estimate"].abs().idxmax()]
        return "supported", f"Starred at lags of {lags} weeks; strongest {in_words(best)}."
    if known["starred"].any():
        return "refuted", f"It moves the other way: {in_words(strongest)}."
    weak = all(_strength(row) == "refuted" for _, row in known.iterrows())
    return "refuted" if weak else "undecided", f"No lag is starred; the strongest is {in_words(strongest)}."


def _same_everywhere(analysis: Analysis) -> tuple[str, str, str]:
    """The same if no two platforms can differ by WEAK, not the same if their difference is beyond doubt."""
    claim = "The score goes with recent streams in the same way on every platform."
    found = analysis.findings
    found = found[(found["design"] == ACROSS) & (found["method"] == "spearman")]
    found = found[found["variable"].str.split(": ").str[-1] == RECENT]
    summaries = found[found["platform"] == "all"]
    if summaries.empty:
        return claim, "unanswered", _not_comparable(found, analysis.facts["platform"])
    # streams of their own, if two platforms have them; else those that most platforms can be held against
    summary = summaries.assign(own=summaries["variable"] == RECENT).sort_values(["own", "units"]).iloc[-1]
    own = (found["platform"] + ": " + found["variable"]) == summary["variable"]
    each = believable(found[(found["platform"] != "all") & ((found["variable"] == summary["variable"]) | own)])
    each = [row for _, row in each.dropna(subset="error").iterrows()]
    apart = max(abs(limit) for pair in combinations(each, 2) for limit in difference(*pair))
    verdict = "refuted" if summary["heterogeneity_p"] <= LEVEL else "undecided"
    parts = "; ".join(f"{row['platform']} {in_words(row)}" for row in each)
    return (
        claim,
        "supported" if apart < WEAK else verdict,
        f"{parts}; over all {in_words(summary)}, I² {summary['i2']:.0%}, p of a difference "
        f"{summary['heterogeneity_p']:.2g}; two platforms may differ by up to {apart:.2f}"
        f"{'' if summary['variable'] == RECENT else '; ' + summary['label'] + ' for all'}.",
    )


def _not_comparable(found: pd.DataFrame, platforms: pd.Series) -> str:
    """Which platform lacks what for a comparison."""
    said = []
    for platform in platforms:
        rows = found[found["platform"] == platform]
        own, others = rows[rows["variable"] == RECENT], rows[rows["variable"] != RECENT]
        if len(own) and pd.notna(own["estimate"].iloc[0]):
            said.append(f"{platform} {in_words(own.iloc[0])}")
        elif len(others):
            most = others.loc[others["n"].idxmax()]
            of = most["variable"].split(": ")[0]
            said.append(f"{platform} has no streams of its own, and {most['n']:.0f} of its songs have those of {of}")
        else:
            said.append(f"{platform} has no recent streams")
    return f"Two platforms with 30 effective points are needed: {'; '.join(said)}."
