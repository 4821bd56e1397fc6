"""`crescendo sample`: what a person types; the work is in `crescendo.sources.sample`."""

import sys
from pathlib import Path

import click

from crescendo.errors import CrescendoError
from crescendo.options import COUNT, SEED
from crescendo.sources.sample import SIZE, Size, write_sample

LANDING = Path("landing")


@click.command("sample")
@click.option("--songs", type=COUNT, default=SIZE.songs, show_default=True, help="Records in the file.")
@click.option("--days", type=COUNT, default=SIZE.days, show_default=True, help="Days of tracking, up to 2025-05-26.")
@click.option("--seed", type=SEED, default=SIZE.seed, show_default=True, help="Another seed, another world.")
@click.option(
    "--to",
    "folder",
    default="sample",
    show_default=True,
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Folder to write to; not landing/ if it holds files, which are yours.",
)
@click.option(
    "--artists",
    type=click.IntRange(min=0),
    default=SIZE.artists,
    show_default=True,
    help="Artists with pages of the Soundcharts API; 0 for none.",
)
@click.option(
    "--listening-days",
    type=click.IntRange(0, 100),
    default=SIZE.listening_days,
    show_default=True,
    help="Days of MooVitamix pages; 0 for none.",
)
@click.option(
    "--lead-days",
    type=click.IntRange(0, 1500),
    default=SIZE.lead_days,
    show_default=True,
    help="Days of marketing leads, calls and spend; 0 for none.",
)
@click.option(
    "--film-days",
    type=click.IntRange(0, 400),
    default=SIZE.film_days,
    show_default=True,
    help="Days of lists and exports of films; 0 for none.",
)
def sample_command(
    songs: int,
    days: int,
    seed: int,
    folder: Path,
    artists: int,
    listening_days: int,
    lead_days: int,
    film_days: int,
) -> None:
    """Write a made-up report file in the partner's shape, pages of two services, leads and films, dirt and all.

    The same numbers give the same files and the same pages, byte for byte. `crescendo build` takes what is in sample/
    as long as landing/ holds no files of your own.

    \b
    Example:
      crescendo sample
      crescendo sample --artists 0 --listening-days 0 --lead-days 0 --film-days 0 --to /tmp/report
    """
    _check(folder)
    size = Size(songs, days, seed, artists, listening_days, lead_days, film_days)
    for said in write_sample(folder, size, progress=sys.stderr.isatty()):
        click.echo(said)


def _check(folder: Path) -> None:
    """Keep what is made up out of what is real. Raises CrescendoError for landing/, or a folder in it, with files."""
    landing = LANDING.resolve()
    if landing not in (folder.resolve(), *folder.resolve().parents):
        return
    own = next((path.name for path in sorted(landing.glob("*")) if not path.name.startswith(".")), None)
    if own:
        raise CrescendoError(
            f"{LANDING}/ holds files of your own, such as {own}, and the sample is made up: the next build would take"
            " both; choose another folder, such as --to sample"
        )
