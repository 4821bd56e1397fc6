"""Options that several verbs share."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click


def format_option(*choices: str) -> Callable:
    """`--format` with these choices, the first as default, handed over as `form`."""
    return click.option(
        "--format", "form", type=click.Choice(choices), default=choices[0], show_default=True, help="How to answer."
    )


credentials_option = click.option(
    "--credentials",
    "secrets",
    type=click.Path(path_type=Path),
    metavar="FILE",
    envvar="CRESCENDO_CREDENTIALS",
    help="Of lines NAME=value, mode 600; also CRESCENDO_CREDENTIALS.",
)


class Number(click.FloatRange):
    """A number within bounds; unlike click's own range it refuses what is not a number (nan)."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The number that was typed. Raises click.BadParameter."""
        number = super().convert(value, param, ctx)
        if not math.isfinite(number):
            self.fail(f"{value!r} is not a number.", param, ctx)
        return number


class NamedPath(click.Path):
    """A file or folder; an empty word, as an unset variable leaves it, is not the folder that one is in."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path that was typed. Raises click.BadParameter."""
        if value == "":
            self.fail("the path is empty: name a file or folder", param, ctx)
        return super().convert(value, param, ctx)


# a day is longer than anybody waits
SECONDS = Number(min=0, max=86400)
SECONDS_OF_WORK = Number(min=0, min_open=True, max=86400)
SHARE = Number(min=0, max=1)
PORT = click.IntRange(0, 65535)
COUNT = click.IntRange(min=1)
SEED = click.IntRange(min=0, max=2**63 - 1)
