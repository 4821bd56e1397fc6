"""Days of the service for a landing folder that has none: fetched, over HTTP, from the simulator."""

from datetime import date, timedelta
from pathlib import Path

from crescendo.http.client import Client, run
from crescendo.http.progress import progress_bar
from crescendo.http.server import DIRT, served
from crescendo.sources.moovitamix import fetch, simulate
from crescendo.sources.soundcharts.world import END


def land_moovitamix(to: Path, days: int = 5, seed: int = 7) -> int:
    """Land the last days of an evolving universe, DIRT and all, up to the world's last day; returns their number."""
    universe, end, landed = simulate.Evolving(seed), END.item(), 0
    for day in (end - timedelta(back) for back in reversed(range(days))):
        if not (to / str(day)).exists():
            _land_day(to, day, simulate.plant(universe.on(day), seed, frozenset(DIRT)))
            landed += 1
    return landed


def _land_day(to: Path, day: date, rows: simulate.Rows) -> None:
    bar = progress_bar(f"moovitamix (simulated, {day})")
    with served(simulate.application(lambda _: rows)) as url, bar as advance:
        client = Client(url, on_progress=advance)
        run(lambda: fetch.fetch(client, to, day))
