"""`crescendo correlate`: what a person types; the work is in popularity.py, verdicts.py and page.py."""

import json
import shutil
import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crescendo.ask import texts
from crescendo.ask.tables import grouped
from crescendo.ask.texts import _
from crescendo.cli.output import LANG
from crescendo.errors import CrescendoError
from crescendo.options import SEED

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from crescendo.analysis.popularity.report import Analysis

MOST_LINES = 20
FORMS = ("table", "json", "html")
ENDINGS = {".html": "html", ".json": "json", ".txt": "table"}
FEATURES = """
    select features.*, songs.title, coalesce(artists.artist_name, '(unknown)') as artist
    from metrics.popularity_features as features
    inner join audience.dim_songs as songs on features.subject_id = songs.subject_id
    left join audience.dim_artists as artists on features.artist_id = artists.artist_id
    order by features.subject_id, features.platform, features.week_date
"""


@click.command("correlate")
@click.option("--platform", default=None, metavar="CODE", help="Only the score of this platform.")
@click.option("--seed", type=SEED, default=0, show_default=True, help="Draws the negative controls.")
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMS),
    help="How to answer.  [default: table, or what the ending of FILE says]",
)
@click.option("--all", "everything", is_flag=True, help="Every estimate and control too, not a screen of verdicts.")
@click.option("--to", "target", type=click.Path(path_type=Path), metavar="FILE", help="Instead of to the screen.")
@LANG
def correlate_command(
    platform: str | None, seed: int, form: str | None, everything: bool, target: Path | None, lang: str | None
) -> None:
    """Say what moves with the popularity of songs, and how sure one may be.

    Rests on the tables that `crescendo build` makes. Exit code 1: a control failed, do not trust the numbers.

    \b
    Example:
      crescendo correlate
      crescendo correlate --all
      crescendo correlate --to popularity.html
    """
    from crescendo.analysis.popularity import report as popularity

    texts.choose(lang or "")
    form = form or _form_of(target)
    features, variables = _tables()
    scored = sorted(features.loc[features["popularity"].notna(), "platform"].unique())
    if platform is not None:
        if platform not in scored:
            known = ", ".join(scored) or _("no platform")
            raise CrescendoError(_("--platform {said}: scores are known for {known}", said=platform, known=known))
        features.loc[features["platform"] != platform, "popularity"] = None

    def progress(text: str) -> None:
        if sys.stderr.isatty():
            click.echo(f"\r\033[K{text}", err=True, nl=False)

    analysis = popularity.analyse(features, variables, seed=seed, progress=progress)
    progress("")
    as_table = _as_table if everything or target else _as_screen
    text = {"table": as_table, "json": _as_json, "html": _as_html}[form](analysis)
    if target is None:
        click.echo(text)
    else:
        _write(target, text)
    failed = analysis.controls[analysis.controls["passed"] == False]  # noqa: E712 - None: not enough data to try
    if len(failed):
        names = "; ".join(f"{row.platform}, {_(row.design)}, {_(row.control)}" for row in failed.itertuples())
        click.echo(_("a control failed, do not rely on these numbers: {names}", names=names), err=True)
        click.get_current_context().exit(1)


def _form_of(target: Path | None) -> str:
    """The format that the ending of a file says; a table for the screen. Raises CrescendoError if it says none."""
    if target is None:
        return "table"
    try:
        return ENDINGS[target.suffix.lower()]
    except KeyError:
        known = ", ".join(ENDINGS)
        said = _("--to {target} has no ending that says a format: {known}, or add --format", target=target, known=known)
        raise CrescendoError(said) from None


def _tables() -> "tuple[pd.DataFrame, pd.DataFrame]":
    import duckdb

    from crescendo import warehouse

    file = warehouse.path()
    with warehouse.connect(file, read_only=True) as connection:
        try:
            features, variables = connection.sql(FEATURES).df(), connection.sql("from seeds.popularity_variables").df()
        except duckdb.CatalogException:
            said = _("{path} has no table metrics.popularity_features yet: run `make build`", path=file)
            raise CrescendoError(said) from None
    # a warehouse of an older version has the labels in English alone
    return features, variables.assign(label=variables.get(f"label_{texts.language()}", variables["label"]))


def _write(target: Path, text: str) -> None:
    try:
        target.write_text(text, encoding="utf-8")
    except OSError as error:
        raise CrescendoError(f"--to {target}: {error.strerror}: name another file") from None
    click.echo(_("{path}: {size} MB", path=target, size=grouped(len(text.encode()) / 1e6, 1)), err=True)


def _as_html(analysis: "Analysis") -> str:
    from crescendo.analysis.popularity.page import page

    return page(analysis)


def _as_json(analysis: "Analysis") -> str:
    from crescendo.analysis.popularity.verdicts import as_records, verdicts

    tables = {name: getattr(analysis, name) for name in ("facts", "findings", "controls", "stationarity")}
    rows = {name: json.loads(table.to_json(orient="records", date_format="iso")) for name, table in tables.items()}
    return json.dumps({"seed": analysis.seed, "verdicts": as_records(verdicts(analysis))} | rows, indent=2)


def _as_screen(analysis: "Analysis") -> str:
    """The verdicts, the surest first, in at most 20 lines of the terminal's width."""
    from crescendo.analysis.popularity.headings import called
    from crescendo.analysis.popularity.verdicts import VERDICTS, verdicts

    width = shutil.get_terminal_size((80 if sys.stdout.isatty() else 160, 24)).columns
    judged = sorted(verdicts(analysis), key=lambda v: VERDICTS.index(v.verdict))
    room = _room()
    lines: list[str] = []
    for number, v in enumerate(judged):
        word, of = f"{_(v.verdict):<{room}}", called(v.platform)
        first = _("{verdict} {platform}: {claim}", verdict=word, platform=of, claim=v.claim)
        indent = " " * (room + 1)
        said = textwrap.wrap(first, width, subsequent_indent=indent)
        if v.verdict in ("supported", "refuted"):  # what is open is in --all
            said += textwrap.wrap(v.evidence, width, initial_indent=indent, subsequent_indent=indent)
        if len(lines) + len(said) > MOST_LINES - 2:
            lines.append(_("and {count} more {count:verdict|verdicts}", count=len(judged) - number))
            break
        lines += said
    tried = analysis.controls[analysis.controls["passed"].notna()]
    passed = int((tried["passed"] == True).sum())  # noqa: E712 - None: not enough data to try
    estimates = grouped(int(analysis.findings["estimate"].notna().sum()))
    lines += textwrap.wrap(
        _("{estimates} estimates, {passed} of {tried} controls passed; crescendo correlate --all shows them",
          estimates=estimates, passed=passed, tried=len(tried)),
        width,
    )  # fmt: skip
    return "\n".join(lines)


def _room() -> int:
    """The width of the longest word of a verdict, blank included."""
    from crescendo.analysis.popularity.verdicts import VERDICTS

    return 1 + max(len(_(word)) for word in VERDICTS)


def _as_table(analysis: "Analysis") -> str:
    from crescendo.analysis.popularity.headings import called, translated
    from crescendo.analysis.popularity.verdicts import verdicts

    room = _room()
    lines = [
        f"{_(v.verdict):<{room + 1}}{called(v.platform):<10}{v.claim}\n{'':{room + 11}}{v.evidence}"
        for v in verdicts(analysis)
    ]
    found = analysis.findings.dropna(subset="estimate").sort_values(["starred", "q"], ascending=[False, True])
    shown = found[
        ["platform", "design", "variable", "method", "lag", "estimate", "low", "high", "n", "n_effective", "p", "q"]
    ]
    shown = shown.assign(star=found["starred"].map({True: "*", False: ""}), status=found["status"])
    for columns, decimals in ((("estimate", "low", "high", "p", "q"), 3), (("lag", "n", "n_effective"), 0)):
        shown = shown.assign(**{name: shown[name].map(_figure(decimals), na_action="ignore") for name in columns})
    controls = analysis.controls.assign(passed=analysis.controls["passed"].map({True: _("yes"), False: _("no")}))
    tables = [translated(rows).to_string(index=False, na_rep="") for rows in (shown, controls)]
    return "\n".join(lines) + "\n\n" + "\n\n".join(tables)


def _figure(decimals: int) -> "Callable[[float], str]":
    return lambda value: grouped(value, decimals)
