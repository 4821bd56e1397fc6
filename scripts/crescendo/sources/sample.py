"""Files and pages of all sources to try everything on, if no partner's file is at hand."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from crescendo.terminal import counted


@dataclass(frozen=True)
class Size:
    """How much of what a sample has; the same numbers give the same files, byte for byte."""

    songs: int = 150
    days: int = 400
    seed: int = 7
    artists: int = 2
    listening_days: int = 9
    lead_days: int = 111
    film_days: int = 28


SIZE = Size()


def write_sample(folder: Path, size: Size = SIZE, *, progress: bool = False) -> Iterator[str]:
    """Write a report file, pages of two services, exports of leads and films in a folder; yields a line on each."""
    from crescendo.sources.soundcharts.report import report_lines, write_report
    from crescendo.sources.soundcharts.world import World

    world = World(size.songs, size.days, size.seed)
    lines = report_lines(world)
    with click.progressbar(lines, size.songs + 1, label="songs", file=sys.stderr, hidden=not progress) as shown:
        path = write_report(world, folder, shown)
    yield f"{path}: {counted(size.songs, 'song')}, {path.stat().st_size / 1e6:,.1f} MB"
    if size.artists:
        from crescendo.sources.soundcharts.sample import land_soundcharts

        answers = land_soundcharts(folder / "soundcharts", world, size.artists)
        yield f"{folder / 'soundcharts'}: {counted(answers, 'answer')} on {counted(size.artists, 'artist')} landed"
    if size.listening_days:
        from crescendo.sources.moovitamix.sample import land_moovitamix

        landed = land_moovitamix(folder / "moovitamix", size.listening_days, size.seed)
        yield f"{folder / 'moovitamix'}: {counted(landed, 'day')} landed, {size.listening_days - landed} there already"
    if size.lead_days:
        from crescendo.sources.leads.sample import land_leads

        files = land_leads(folder / "leads", size.lead_days, size.seed)
        yield f"{folder / 'leads'}: {counted(files, 'file')} of {counted(size.lead_days, 'day')} of leads"
    if size.film_days:
        from crescendo.sources.tmdb.sample import land_films

        files = land_films(folder / "tmdb", size.film_days, size.seed)
        yield f"{folder / 'tmdb'}: {counted(files, 'file')} of {counted(size.film_days, 'day')} of films"
