"""`crescendo forget`: what a person types; the work is in `crescendo.ingest.forget`."""

from pathlib import Path

import click

from crescendo import warehouse
from crescendo.errors import CrescendoError
from crescendo.ingest.forget import forget
from crescendo.ingest.landing import shown
from crescendo.options import SECONDS, NamedPath
from crescendo.terminal import counted


@click.command("forget")
@click.argument("paths", nargs=-1, required=True, type=NamedPath(path_type=Path))
@click.option(
    "--wait", type=SECONDS, default=60.0, show_default=True, help="Seconds to wait for a warehouse that is in use."
)
def forget_command(paths: tuple[Path, ...], wait: float) -> None:
    """Remove from the warehouse what was loaded from these files. The files themselves are not touched.

    A folder means every file that was loaded from it. A record that another file has too is kept. Run `crescendo
    build` afterwards. A file that is still in landing/ is loaded again.

    \b
    Example:
      crescendo forget landing/wrong-report.csv
      crescendo forget sample
    """
    warehouse.require()  # to open one to write would make it
    taken = forget(list(paths), wait=wait)
    if not taken:
        raise CrescendoError(
            f"nothing was loaded from {shown(paths[0])}: the files are in `crescendo status --format json`"
        )
    click.echo(f"{counted(len(taken), 'file is', 'files are')} removed: run `crescendo build`")
