"""The verb `changes`: what is new since the load before."""

import json
import sys

import click

from crescendo.ask import lists, outputs, texts
from crescendo.cli.output import LANG, WIDE, View, put


@click.command("changes")
@click.option("--format", "form", type=click.Choice(("table", "json")), default="table", help="How to answer.")
@WIDE
@LANG
def changes_command(form: str, wide: bool, lang: str | None) -> int:
    """What the last load brought: files, new series, restated values, and whose pace changed most.

    \b
    Example:
      crescendo changes
      crescendo changes --format json
    """
    texts.choose(lang or "")
    listed = lists.changes()
    if form == "json":
        names = ("loaded", "new_series", "restatements", "movers")
        parts = {name: json.loads(outputs.as_json(part.rows)) for name, part in zip(names, listed, strict=True)}
        sys.stdout.write(json.dumps(parts, ensure_ascii=False, indent=1) + "\n")
        return 0
    for number, part in enumerate(listed):
        if number:
            click.echo()
        put(View(part.rows, part.cells(), part.title, part.footers), "table", None, "en", wide)
    return 0
