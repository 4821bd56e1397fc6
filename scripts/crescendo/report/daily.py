"""The report of a day: runs, volumes, requests, quality, freshness, alerts and movers, as HTML, Markdown or JSON.

The HTML page needs nothing but itself, and says so to the browser, which then asks for nothing else.
"""

import json
import re
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from crescendo.ask.texts import _, language
from crescendo.operations import alerts
from crescendo.report import figures, sections
from crescendo.report.facts import Facts, known
from crescendo.report.sections import Section
from crescendo.terminal import printable


@dataclass
class Report:
    """A day's report: its sections, the worst first, and what is to be said before all."""

    day: date
    warehouse: str
    made_at: datetime
    headlines: list[str] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)


def report(file: Path, day: date, now: datetime | None = None) -> Report:
    """What is known of a day in a warehouse, which need not be there. Raises CrescendoError if it cannot be read."""
    found = alerts.current(file)
    with known(file, day) as facts:
        made = Report(day, file.name, now or datetime.now(UTC).replace(tzinfo=None))
        made.sections = [
            sections.alert_section(found, day),
            sections.run_section(facts, day),
            sections.volume_section(facts, day),
            sections.request_section(facts, day),
            sections.quality_section(facts, day),
            sections.freshness_section(facts, day),
            sections.mover_section(facts, day),
        ]
        made.headlines = list(_headlines(facts, made))
    return made


def _headlines(facts: Facts, made: Report) -> list[str]:
    """The day in a few sentences."""
    if not facts.stored:
        return [_("There is no warehouse at {path} yet: `crescendo build` makes one.", path=facts.file.name)]
    lines = []
    if not facts.has("metrics.fct_observations"):
        lines.append(_("The models were never built: `crescendo build` makes them."))
    unusual = [one for section in made.sections for one in section.figures if one.is_unusual]
    judged = [one for section in made.sections for one in section.figures if one.judgement != figures.TOO_FEW]
    if judged:
        lines.append(
            _(
                "{unusual} of {count} figures shown {unusual:is|are} not as usual.",
                unusual=len(unusual),
                count=len(judged),
            )
        )
    else:
        lines.append(_("Nothing can be judged yet: a usual range needs {days} days.", days=figures.LEAST_DAYS))
    rows = next(section for section in made.sections if section.key == "alerts").tables
    going = [row for table in rows for row in table.rows if row[0] != _("resolved")]
    critical = sum(row[0] == _("critical") for row in going)
    lines.append(
        _("{count} {count:alert is|alerts are} open, {critical} of them critical.", count=len(going), critical=critical)
    )
    return lines


def as_json(made: Report) -> str:
    """The report for a machine: figures with their bounds and history, tables as they are shown."""
    parts = [
        {
            "key": section.key, "title": section.title, "notes": section.notes, "more": section.more,
            "tables": [asdict(table) for table in section.tables],
            "figures": [one.record() for one in section.figures],
        }
        for section in made.sections
    ]  # fmt: skip
    record = {
        "date": str(made.day), "warehouse": made.warehouse, "made_at": made.made_at.isoformat(timespec="seconds"),
        "language": language(), "headlines": made.headlines, "sections": parts,
    }  # fmt: skip
    return json.dumps(record, ensure_ascii=False, indent=1) + "\n"


def as_html(made: Report) -> str:
    """The report as one page."""
    return rendered("daily.html", escapes=True, report=made, words=_words(made))


def as_markdown(made: Report) -> str:
    """The report as Markdown."""
    return rendered("daily.md", escapes=False, report=made, words=_words(made))


def rendered(name: str, *, escapes: bool, **values: object) -> str:
    """A template of this package with its values, in the reader's language."""
    how: dict[str, Any] = {
        "trim_blocks": True,
        "lstrip_blocks": True,
        "undefined": StrictUndefined,
        "keep_trailing_newline": True,
    }
    environment = Environment(autoescape=escapes, **how)  # noqa: S701 of Markdown the filter `cell` escapes the marks
    environment.filters |= {
        "cell": _cell, "marked": _marked, "chart": figures.chart, "plain": printable, "range": figures.range_said,
        "verdict": figures.verdict,
    }  # fmt: skip
    environment.filters["value"] = lambda one: figures.said(one.value, one.unit)
    template = environment.from_string(files("crescendo.report").joinpath(name).read_text(encoding="utf-8"))
    return template.render(lang=language(), **values)


def _marked(text: object) -> Markup:
    """A sentence in HTML, with the commands in it marked as such."""
    return Markup(re.sub("`([^`]*)`", r"<code>\1</code>", escape(printable(text))))  # noqa: S704 escaped before


def _cell(text: object) -> str:
    """A text in a cell of Markdown: nothing of it ends the cell or becomes markup."""
    said = printable(text)
    for mark in "\\`*_[]<>|#":
        said = said.replace(mark, f"\\{mark}")
    return said


def _words(made: Report) -> dict[str, str]:
    """What the page itself says."""
    moment = f"{made.made_at:%Y-%m-%d %H:%M}"
    return {
        "title": _("Crescendo, report of {day}", day=made.day),
        "made": _("{warehouse}, made at {moment} UTC", warehouse=made.warehouse, moment=moment),
        "figure": _("figure"), "value": _("value"), "usual": _("usual range"), "verdict": _("verdict"),
        "course": _("the days before"), "contents": _("Contents"), "more": _("more, and not shown"),
        "how": _(
            "Usual is the median of the {most} days before, give or take three deviations; with fewer than {least} days"
            " nothing is judged. Days are in UTC. A band in a chart is the usual range; a full dot is outside of it.",
            most=figures.MOST_DAYS, least=figures.LEAST_DAYS,
        ),
    }  # fmt: skip
