"""`crescendo correlate`: what a person types; the work is in popularity.py, verdicts.py and page.py."""

import json
import shutil
import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crescendo.errors import CrescendoError
from crescendo.options import SEED, english_only

if TYPE_CHECKING:
    import pandas as pd

    from crescendo.analysis.popularity.report import Analysis

VERDICTS = ("supported", "refuted", "undecided", "unanswered")
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
@english_only
def correlate_command(platform: str | None, seed: int, form: str | None, everything: bool, target: Path | None) -> None:
    """Say what moves with the popularity of songs, and how sure one may be.

    Rests on the tables that `crescendo build` makes. Exit code 1: a control failed, do not trust the numbers.

    \b
    Example:
      crescendo correlate
      crescendo correlate --all
      crescendo correlate --to popularity.html
    """
    from crescendo.analysis.popularity import report as popularity

    form = form or _form_of(target)
    features, variables = _tables()
    scored = sorted(features.loc[features["popularity"].notna(), "platform"].unique())
    if platform is not None:
        if platform not in scored:
            raise CrescendoError(f"--platform {platform}: scores are known for {', '.join(scored) or 'no platform'}")
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
        names = "; ".join(f"{row.platform}, {row.design}, {row.control}" for row in failed.itertuples())
        click.echo(f"a control failed, do not rely on these numbers: {names}", err=True)
        click.get_current_context().exit(1)


def _form_of(target: Path | None) -> str:
    """The format that the ending of a file says; a table for the screen. Raises CrescendoError if it says none."""
    if target is None:
        return "table"
    try:
        return ENDINGS[target.suffix.lower()]
    except KeyError:
        known = ", ".join(ENDINGS)
        raise CrescendoError(f"--to {target} has no ending that says a format: {known}, or add --format") from None


def _tables() -> "tuple[pd.DataFrame, pd.DataFrame]":
    import duckdb

    from crescendo import warehouse

    file = warehouse.path()
    with warehouse.connect(file, read_only=True) as connection:
        try:
            return connection.sql(FEATURES).df(), connection.sql("from seeds.popularity_variables").df()
        except duckdb.CatalogException:
            raise CrescendoError(f"{file} has no table metrics.popularity_features yet: run `make build`") from None


def _write(target: Path, text: str) -> None:
    try:
        target.write_text(text, encoding="utf-8")
    except OSError as error:
        raise CrescendoError(f"--to {target}: {error.strerror}") from None
    click.echo(f"{target}: {len(text.encode()) / 1e6:.1f} MB", err=True)


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
    from crescendo.analysis.popularity.verdicts import verdicts

    width = shutil.get_terminal_size((80 if sys.stdout.isatty() else 160, 24)).columns
    judged = sorted(verdicts(analysis), key=lambda v: VERDICTS.index(v.verdict))
    lines: list[str] = []
    for number, v in enumerate(judged):
        said = textwrap.wrap(f"{v.verdict:<11} {v.platform}: {v.claim}", width, subsequent_indent=" " * 12)
        if v.verdict in ("supported", "refuted"):  # what is open is in --all
            said += textwrap.wrap(v.evidence, width, initial_indent=" " * 12, subsequent_indent=" " * 12)
        if len(lines) + len(said) > MOST_LINES - 2:
            lines.append(f"and {len(judged) - number} more verdicts")
            break
        lines += said
    tried = analysis.controls[analysis.controls["passed"].notna()]
    passed = int((tried["passed"] == True).sum())  # noqa: E712 - None: not enough data to try
    estimates = int(analysis.findings["estimate"].notna().sum())
    lines.append(
        f"{estimates} estimates, {passed} of {len(tried)} controls passed; crescendo correlate --all shows them"
    )
    return "\n".join(lines)


def _as_table(analysis: "Analysis") -> str:
    from crescendo.analysis.popularity.verdicts import verdicts

    lines = [f"{v.verdict:<12}{v.platform:<10}{v.claim}\n{'':22}{v.evidence}" for v in verdicts(analysis)]
    found = analysis.findings.dropna(subset="estimate").sort_values(["starred", "q"], ascending=[False, True])
    shown = found[
        ["platform", "design", "variable", "method", "lag", "estimate", "low", "high", "n", "n_effective", "p", "q"]
    ]
    shown = shown.assign(star=found["starred"].map({True: "*", False: ""}), status=found["status"])
    digits = dict.fromkeys(("estimate", "low", "high", "p", "q"), "{:.3f}".format)
    digits |= dict.fromkeys(("lag", "n", "n_effective"), "{:.0f}".format)
    tables = [
        shown.to_string(index=False, formatters=digits, na_rep=""),
        analysis.controls.to_string(index=False),
    ]
    return "\n".join(lines) + "\n\n" + "\n\n".join(tables)
