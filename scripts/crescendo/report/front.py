"""The front page of a week in each form: sentences for a terminal, records for a machine, a page for people."""

import json
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from crescendo.ask.tables import grouped
from crescendo.ask.texts import _
from crescendo.ask.windows import Window
from crescendo.report import sentences
from crescendo.report.daily import rendered
from crescendo.report.insights import Finding
from crescendo.terminal import printable


@dataclass(frozen=True)
class Front:
    """What is worth a sentence in a window, the most surprising first; `names` are whom it was asked of, if anyone."""

    window: Window
    findings: list[Finding]
    names: Sequence[str] = ()

    def records(self) -> list[dict]:
        """One record a sentence: its rank, what it is about, its figures and the query that shows more."""
        return [
            {
                "rank": rank, "kind": one.kind, "subject": one.row["subject"], "name": one.row["name"],
                "platform": one.row["platform"], "metric": one.row["metric"], "sentence": sentences.sentence(one),
                "surprise_bits": round(one.surprise, 2), "figures": sentences.figures(one),
                "certainty": one.row.get("certainty"), "evidence": one.evidence,
            }
            for rank, one in enumerate(self.findings, 1)
        ]  # fmt: skip

    def title(self) -> str:
        """Whose window it is."""
        days = {"start": self.window.start, "end": self.window.end}
        if self.names:
            return _("What moved for {names}, {start} to {end}", names=", ".join(self.names), **days)
        return _("What moved, {start} to {end}", **days)

    def nothing(self) -> str:
        """What to say if nothing is worth a sentence."""
        return _("Nothing left its usual course.")


def as_json(front: Front) -> str:
    """The records of the sentences, with the window."""
    window = {"from_date": str(front.window.start), "to_date": str(front.window.end)}
    return json.dumps(window | {"insights": front.records()}, indent=1, ensure_ascii=False) + "\n"


def as_table(front: Front, width: int) -> str:
    """Numbered sentences within a width, each with its figures and the query below it."""
    lines = [printable(front.title())]
    for rank, one in enumerate(front.findings, 1):
        indent = " " * 4
        lines += textwrap.wrap(printable(f"{rank:>2}. {sentences.sentence(one)}"), width, subsequent_indent=indent)
        said = printable(sentences.figures_said(one))
        lines += textwrap.wrap(said, width, initial_indent=indent, subsequent_indent=indent)
        lines.append(indent + printable(one.evidence))
    return "\n".join(lines if front.findings else [*lines, front.nothing()]) + "\n"


def as_html(front: Front) -> str:
    """One page that needs nothing but itself."""
    words = {
        "title": printable(front.title()), "nothing": front.nothing(), "figures": _("Figures and evidence"),
        "subtitle": _(
            "{count} {count:finding|findings}, the most surprising first", count=grouped(len(front.findings))
        ),
        "how": _(
            "Surprise is against the series' own course: how unlikely as much is in a usual week. Reads: `make shell`,"
            " then the line below a sentence."
        ),
    }  # fmt: skip
    return rendered("insights.html", escapes=True, words=words, told=front.records())
