"""`crescendo sample`: what a person types; the work is in `crescendo.sources.sample`."""

import sys
from pathlib import Path

import click

from crescendo.options import COUNT, SEED
from crescendo.sources.sample import SIZE, Size, write_sample


@click.command("sample")
@click.option("--songs", type=COUNT, default=SIZE.songs, show_default=True, help="Records in the file.")
@click.option("--days", type=COUNT, default=SIZE.days, show_default=True, help="Days of tracking, up to 2025-05-26.")
@click.option("--seed", type=SEED, default=SIZE.seed, show_default=True, help="Another seed, another world.")
@click.option(
    "--to",
    "folder",
    default="landing",
    show_default=True,
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Folder to write to.",
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

    The same numbers give the same files and the same pages, byte for byte.

    \b
    Example:
      crescendo sample
      crescendo sample --artists 0 --listening-days 0 --lead-days 0 --film-days 0 --to /tmp/report
    """
    size = Size(songs, days, seed, artists, listening_days, lead_days, film_days)
    for said in write_sample(folder, size, progress=sys.stderr.isatty()):
        click.echo(said)
