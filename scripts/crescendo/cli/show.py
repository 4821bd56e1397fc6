"""The verb `show`: a subject on one screen."""

import json
import sys

import click

from crescendo.ask import outputs, texts
from crescendo.ask.screen import screen
from crescendo.cli.completion import METRICS, PLATFORMS, TYPES
from crescendo.cli.output import LANG, WIDE, View, put
from crescendo.terminal import printable


@click.command("show")
@click.argument("name")
@click.option("--type", "kind", default="", shell_complete=TYPES, help="Of this type only: song, artist, film ...")
@click.option("--platform", default="", shell_complete=PLATFORMS, help="Code of a platform: spotify.")
@click.option("--metric", default="", shell_complete=METRICS, help="What is counted: streams.")
@click.option("--format", "form", type=click.Choice(("table", "json")), default="table", help="How to answer.")
@WIDE
@LANG
def show_command(name: str, kind: str, platform: str, metric: str, form: str, wide: bool, lang: str | None) -> int:
    """A song, an artist, a film or a channel on one screen: its course, its growth and the evidence.

    \b
    Example:
      crescendo show "uber postcard"
      crescendo show --type artist leo --platform spotify
    """
    texts.choose(lang or "")
    shown = screen(name, kind, platform, metric)
    if form == "json":
        parts = zip(("growth", "evidence"), shown.tables, strict=True)
        said = {part: json.loads(outputs.as_json(table.rows)) for part, table in parts}
        sys.stdout.write(json.dumps({"subject": shown.head[0]} | said, ensure_ascii=False, indent=1) + "\n")
        return 0
    for line in shown.head:
        click.echo(printable(line))
    for table in shown.tables:
        click.echo()
        put(View(table.rows, table.cells(), table.title, table.footers), "table", None, "en", wide)
    for line in shown.foot:
        click.echo(printable(line))
    return 0
