"""Pages of the API for a landing folder that has none: fetched, over HTTP, from the simulator."""

from datetime import timedelta
from pathlib import Path

from crescendo.http.client import Client, run
from crescendo.http.landing import Landing
from crescendo.http.progress import progress_bar
from crescendo.http.server import served
from crescendo.sources.soundcharts import fetch, simulate
from crescendo.sources.soundcharts.catalogue import Catalogue
from crescendo.sources.soundcharts.run import Run
from crescendo.sources.soundcharts.world import END, World


def land_soundcharts(to: Path, world: World, artists: int = 3, days: int = 200) -> int:
    """Land the artists with the most songs of a world, their last days; returns the number of answers.

    The star, with every quirk and platform, is the first. Landed again, nothing changes.
    """
    catalogue = Catalogue(world)
    chosen = sorted(catalogue.songs_of, key=lambda uuid: (-len(catalogue.songs_of[uuid]), uuid))[:artists]
    end = END.item()
    since = max(catalogue.start.item(), end - timedelta(days - 1))
    parameters = {"artists": chosen, "platforms": [], "since": str(since), "until": str(end)}
    record = Run.open(to, parameters, end)
    if record.finished:
        return 0
    bar = progress_bar("soundcharts (simulated)")
    with served(simulate.application(catalogue)) as url, bar as advance:
        access = fetch.access(fetch.SANDBOX, url, is_public=True)
        client = Client(url, access, landing=Landing(record.folder), on_progress=advance)
        return run(lambda: fetch.fetch(client, record, chosen, ())).asked
