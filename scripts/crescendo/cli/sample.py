"""`crescendo sample`: report files to try everything on, where no partner's file is at hand."""

import sys
from pathlib import Path

import click

from crescendo.options import COUNT, SEED


@click.command("sample")
@click.option("--songs", type=COUNT, default=150, show_default=True, help="Records in the file.")
@click.option("--days", type=COUNT, default=400, show_default=True, help="Days of tracking, up to 2025-05-26.")
@click.option("--seed", type=SEED, default=7, show_default=True, help="Another seed, another world.")
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
    default=2,
    show_default=True,
    help="Artists with pages of the Soundcharts API; 0 for none.",
)
@click.option(
    "--listening-days",
    type=click.IntRange(0, 100),
    default=9,
    show_default=True,
    help="Days of MooVitamix pages; 0 for none.",
)
def sample_command(songs: int, days: int, seed: int, folder: Path, artists: int, listening_days: int) -> None:
    """Write a made-up report file in the partner's shape, and pages of two services, dirt and all.

    The same numbers give the same file and the same pages, byte for byte.

    \b
    Example:
      crescendo sample
      crescendo sample --songs 12320 --days 390 --artists 0 --listening-days 0 --to /tmp/full
    """
    from crescendo.sources.soundcharts.report import report_lines, write_report
    from crescendo.sources.soundcharts.world import World

    world = World(songs, days, seed)
    lines = report_lines(world)
    bar = click.progressbar(lines, songs + 1, label="songs", file=sys.stderr, hidden=not sys.stderr.isatty())
    with bar as shown:
        path = write_report(world, folder, shown)
    click.echo(f"{path}: {songs:,} songs, {path.stat().st_size / 1e6:,.1f} MB")
    if artists:
        from crescendo.sources.soundcharts.sample import land_soundcharts

        answers = land_soundcharts(folder / "soundcharts", world, artists)
        click.echo(f"{folder / 'soundcharts'}: {answers:,} answers on {artists} artists landed")
    if listening_days:
        from crescendo.sources.moovitamix.sample import land_moovitamix

        landed = land_moovitamix(folder / "moovitamix", listening_days, seed)
        click.echo(f"{folder / 'moovitamix'}: {landed} days landed, {listening_days - landed} were there")
