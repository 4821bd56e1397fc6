"""Pages of both APIs for a landing folder that has none: fetched, over HTTP, from the simulators."""

from datetime import date, timedelta
from pathlib import Path

from crescendo.fetch import moovitamix as moovitamix_fetch
from crescendo.fetch import soundcharts as soundcharts_fetch
from crescendo.fetch.client import Client, Landing, run
from crescendo.sample.world import END, World
from crescendo.simulate import moovitamix, soundcharts
from crescendo.simulate.catalogue import Catalogue
from crescendo.simulate.server import DIRT, served


def land_soundcharts(to: Path, world: World, artists: int = 3, days: int = 200) -> int:
    """Land the artists with the most songs of a world, their last days; returns the number of answers.

    The star, with every quirk and platform, is the first. Landed again, nothing changes.
    """
    catalogue = Catalogue(world)
    chosen = sorted(catalogue.songs_of, key=lambda uuid: (-len(catalogue.songs_of[uuid]), uuid))[:artists]
    end = END.item()
    since = max(catalogue.start.item(), end - timedelta(days - 1))
    parameters = {"artists": chosen, "platforms": [], "since": str(since), "until": str(end)}
    record = soundcharts_fetch.Run.open(to, parameters, end)
    if record.finished:
        return 0
    with served(soundcharts.application(catalogue)) as url:
        access = soundcharts_fetch.access(soundcharts_fetch.SANDBOX, url)
        client = Client(url, **access, landing=Landing(record.folder), public=True, title="soundcharts (simulated)")
        return run(lambda: soundcharts_fetch.fetch(client, record, chosen, ())).asked


def land_moovitamix(to: Path, days: int = 5, seed: int = 7) -> int:
    """Land the last days of an evolving universe, DIRT and all, up to the world's last day; returns their number."""
    universe, end, landed = moovitamix.Evolving(seed), END.item(), 0
    for day in (end - timedelta(back) for back in reversed(range(days))):
        if not (to / str(day)).exists():
            _land_day(to, day, moovitamix.plant(universe.on(day), seed, frozenset(DIRT)))
            landed += 1
    return landed


def _land_day(to: Path, day: date, rows: moovitamix.Rows) -> None:
    with served(moovitamix.application(lambda _: rows)) as url:
        client = Client(url, title=f"moovitamix (simulated, {day})")
        run(lambda: moovitamix_fetch.fetch(client, to, day))
