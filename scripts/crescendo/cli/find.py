"""The verb `find`: which subject a text names."""

from typing import Any

import click

from crescendo.ask import lists
from crescendo.cli.completion import TYPES
from crescendo.cli.output import View, listing, put_listing


@click.command("find")
@click.argument("text")
@click.option(
    "--type", "kind", default="", shell_complete=TYPES, help="Subjects of this type only: song, artist, platform ..."
)
@click.option(
    "--top", type=click.IntRange(1, 10**9), default=20, show_default=True, metavar="N", help="The best N only."
)
@listing
def find_command(text: str, kind: str, top: int, **how: Any) -> int:
    """Find a song, an artist or anything else by a part of its name, an id, an ISRC, or with a typo.

    \b
    Example:
      crescendo find "leo lamp"
      crescendo find --type song postcrad
    """

    def view() -> View:
        listed = lists.found(text, kind, top)
        return View(listed.rows, listed.cells(), listed.title, listed.footers)

    put_listing(view, **how)
    return 0
