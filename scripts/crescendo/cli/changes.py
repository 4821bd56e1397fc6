"""The verb `changes`: what is new since the load before."""

import json
import sys

import click

from crescendo.ask import lists, outputs, texts
from crescendo.ask.texts import _
from crescendo.cli.output import LANG, WIDE, View, put


@click.command("changes")
@click.option("--format", "form", type=click.Choice(("table", "json")), default="table", help="How to answer.")
@click.option("--all", "everything", is_flag=True, help="Up to 50 rows of each list, not a screen.")
@WIDE
@LANG
def changes_command(form: str, everything: bool, wide: bool, lang: str | None) -> int:
    """What the last load brought: files, new series, restated values, and whose pace changed most.

    \b
    Example:
      crescendo changes
      crescendo changes --format json
    """
    texts.choose(lang or "")
    # a program has no screen
    few = lists.MANY if everything or form == "json" else lists.FEW
    listed = lists.changes(few)
    if form == "json":
        names = ("loaded", "new_series", "restatements", "movers")
        parts = {name: json.loads(outputs.as_json(part.rows)) for name, part in zip(names, listed, strict=True)}
        sys.stdout.write(json.dumps(parts, ensure_ascii=False, indent=1) + "\n")
        return 0
    for number, part in enumerate(listed):
        if number:
            click.echo()
        put(View(part.rows, part.cells(), part.title, part.footers), "table", None, "en", wide)
    if not everything:
        click.echo(_("--all shows up to {count} of each", count=lists.MANY))
    return 0
