"""Options that several verbs share."""

from collections.abc import Callable

import click


def format_option(*choices: str) -> Callable:
    """`--format` with these choices, the first as default, handed over as `form`."""
    return click.option(
        "--format", "form", type=click.Choice(choices), default=choices[0], show_default=True, help="How to answer."
    )
