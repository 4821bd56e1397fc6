"""Hypotheses about popularity, each with the evidence for it and the verdict that follows from the findings alone."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import combinations

import pandas as pd

from crescendo.analysis.popularity.correlation import LEVEL, MIN_EFFECTIVE, believable, difference
from crescendo.analysis.popularity.report import ACROSS, OVER_TIME, Analysis
from crescendo.ask.tables import grouped, localized
from crescendo.ask.texts import _

WEAK = 0.2  # an interval within this of zero leaves room for a weak link at most
RECENT, WEEKLY, SO_FAR = "streams_28d", "streams_7d", "streams"
COVERED = {RECENT, WEEKLY, SO_FAR, "streams_28d_log_change", "age_days", "catalogue_song_count"}


# the surest first
VERDICTS = ("supported", "refuted", "undecided", "unanswered")


@dataclass(frozen=True)
class Verdict:
    """A claim about one platform and the evidence, in the reader's language; verdict is one of VERDICTS."""

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
    yield _("Songs that are streamed more now score higher."), *_positive(_row(across, RECENT))
    yield (
        _("Recent streams go with the score more closely than the streams so far."),
        *_closer(_row(across, RECENT), _row(across, SO_FAR)),
    )
    yield _("When the streams of a song rise, its score follows."), *_follows(weekly[weekly["lag"] >= 0], 1)
    yield _("The score tells in advance where the streams will go."), *_follows(weekly[weekly["lag"] < 0], 0)
    yield (
        _("Age goes with the score where the other numbers are equal."),
        *_either(_row(across, "age_days", "partial spearman"), _row(across, "age_days")),
    )
    yield (
        _("The size of the artist's catalogue goes with the score where the other numbers are equal."),
        *_either(_row(across, "catalogue_song_count", "partial spearman"), _row(across, "catalogue_song_count")),
    )
    for variable in dict.fromkeys(found["variable"]):
        if variable not in COVERED:
            label = found.loc[found["variable"] == variable, "label"].iloc[0]
            partial = _row(across, variable, "partial spearman")
            claim = _("Songs that differ in this differ in score: {label}.", label=label)
            judged = [(claim, *_either(_row(across, variable), partial))]
            over = found[(found["design"] == OVER_TIME) & (found["variable"] == variable)]
            over = over[(over["method"] == "spearman") & (over["lag"] >= 0)]
            if len(over):
                claim = _("When this changes, the score of the song follows: {label}.", label=label)
                judged.append((claim, *_follows(over, 0)))
            # what stays open fills pages where twenty platforms count followers: the report lists it elsewhere
            yield from (verdict for verdict in judged if verdict[1] != "unanswered")


ABSENT = pd.Series({"estimate": None, "status": "absent"})


def _row(across: pd.DataFrame, variable: str, method: str = "spearman") -> pd.Series:
    return across.loc[(variable, method)] if (variable, method) in across.index else ABSENT


def in_words(row: pd.Series) -> str:
    """An estimate with all that it needs: `0.91 (0.87 to 0.94; 77 songs of 57 artists)`."""
    between = _("no interval")
    if pd.notna(row["low"]):
        between = _("{low} to {high}", low=_signed(row["low"]), high=_signed(row["high"]))
    return f"{_signed(row['estimate'])} ({between}{_(';')} {_rests_on(row)})"


def _signed(value: float) -> str:
    return grouped(value, 2, sign=True)


def _rests_on(row: pd.Series) -> str:
    """How many of what an estimate is of; over time, at which lag."""
    if row["unit"] == "platform":
        return _("{count} {count:platform|platforms}", count=grouped(row["units"]))
    artists, songs = (
        _("{count} {count:artist|artists}", count=grouped(row["units"])),
        _("{count} {count:song|songs}", count=grouped(row["n"])),
    )
    if row["design"] == OVER_TIME:
        units = artists if row["unit"] == "artist" else _("{count} {count:song|songs}", count=grouped(row["units"]))
        return _("{units}, lag {lag} {lag:week|weeks}", units=units, lag=_lag(row["lag"]))
    return _("{songs} of {artists}", songs=songs, artists=artists) if row["unit"] == "artist" else songs


def _lag(weeks: float) -> str:
    return f"{weeks:+.0f}"


NO_ESTIMATE = {
    "absent": "The data hold no such numbers.",
    "too_few": "Too few songs have both numbers.",
    "no_variation": "One side does not vary.",
    "collinear": "What is held fixed tells one side completely.",
}


def _unanswered(row: pd.Series) -> tuple[str, str] | None:
    if pd.isna(row["estimate"]):
        return "unanswered", _(NO_ESTIMATE[row["status"]])
    if row["n_effective"] < MIN_EFFECTIVE:
        return "unanswered", _("Under 30 effective points: {estimate}.", estimate=in_words(row))
    return None


def _strength(row: pd.Series) -> str:
    """Where a link is not starred: whether it is refuted or only not seen."""
    return "refuted" if max(abs(row["low"]), abs(row["high"])) < WEAK else "undecided"


def _positive(row: pd.Series) -> tuple[str, str]:
    if missing := _unanswered(row):
        return missing
    evidence = _("Rank correlation {estimate}.", estimate=in_words(row))
    if row["starred"] and row["estimate"] > 0:
        return "supported", evidence
    return ("refuted" if row["starred"] else _strength(row)), evidence


def _either(row: pd.Series, also: pd.Series) -> tuple[str, str]:
    if missing := _unanswered(row):
        return missing
    said = _beside(row)
    if pd.notna(also["estimate"]):
        # the second half of a sentence
        second = _beside(also)
        said += f"{_(';')} {second[0].lower()}{second[1:]}{' ' + _('(starred)') if also['starred'] else ''}"
    return ("supported" if row["starred"] else _strength(row)), f"{said}."


def _beside(row: pd.Series) -> str:
    """An estimate and what is held fixed beside it, if anything is."""
    if row["method"].startswith("partial"):
        return _("With {held} held fixed: {estimate}", held=row["held"], estimate=in_words(row))
    return _("Alone: {estimate}", estimate=in_words(row))


def _closer(recent: pd.Series, so_far: pd.Series) -> tuple[str, str]:
    for row in (recent, so_far):
        if missing := _unanswered(row):
            return missing
    evidence = _("Recent: {recent}; so far: {so_far}.", recent=in_words(recent), so_far=in_words(so_far))
    if recent["low"] > so_far["high"]:
        return "supported", evidence
    return ("refuted" if so_far["low"] > recent["high"] else "undecided"), evidence


def _follows(rows: pd.DataFrame, sign: int) -> tuple[str, str]:
    """Whether any lag is starred; with sign 1 only a rise with a rise counts."""
    known = believable(rows)
    if known.empty:
        return "unanswered", _("No series of 30 effective weeks with both numbers.")
    starred = known[known["starred"] & ((known["estimate"] > 0) | (sign == 0))]
    strongest = known.loc[known["estimate"].abs().idxmax()]
    if len(starred):
        lags = ", ".join(map(_lag, starred["lag"]))
        best = starred.loc[starred["estimate"].abs().idxmax()]
        said = _(
            "Starred at lags of {lags} {lags:week|weeks}; strongest {estimate}.", lags=lags, estimate=in_words(best)
        )
        return "supported", said
    if known["starred"].any():
        return "refuted", _("It moves the other way: {estimate}.", estimate=in_words(strongest))
    weak = all(_strength(row) == "refuted" for _index, row in known.iterrows())
    said = _("No lag is starred; the strongest is {estimate}.", estimate=in_words(strongest))
    return "refuted" if weak else "undecided", said


def _same_everywhere(analysis: Analysis) -> tuple[str, str, str]:
    """The same if no two platforms can differ by WEAK, not the same if their difference is beyond doubt."""
    claim = _("The score goes with recent streams in the same way on every platform.")
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
    each = [row for _index, row in each.dropna(subset="error").iterrows()]
    apart = max(abs(limit) for pair in combinations(each, 2) for limit in difference(*pair))
    verdict = "refuted" if summary["heterogeneity_p"] <= LEVEL else "undecided"
    return claim, "supported" if apart < WEAK else verdict, _compared(each, summary, apart)


def _compared(each: list[pd.Series], summary: pd.Series, apart: float) -> str:
    """The link on each platform, over all, and by how much two may differ."""
    said = _(
        "{each}; over all {all}, I² {i2} %, p of a difference {p}; two platforms may differ by up to {apart}",
        each=f"{_(';')} ".join(f"{row['platform']} {in_words(row)}" for row in each),
        all=in_words(summary),
        i2=grouped(100 * summary["i2"]),
        p=localized(f"{summary['heterogeneity_p']:.2g}"),
        apart=grouped(apart, 2),
    )
    if summary["variable"] != RECENT:
        said += _("; {label} for all", label=summary["label"])
    return f"{said}."


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
            other = most["variable"].split(": ")[0]
            text = _("{platform} has no streams of its own, and {count} of its songs have those of {other}",
                     platform=platform, count=grouped(most["n"]), other=other)  # fmt: skip
            said.append(text)
        else:
            said.append(_("{platform} has no recent streams", platform=platform))
    return _("Two platforms with 30 effective points are needed: {platforms}.", platforms=f"{_(';')} ".join(said))
