"""`crescendo simulate`: stand-ins for the sources, on loopback, with faults to switch on."""

import os
import secrets
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

import click

from crescendo.http.server import (
    DIRT,
    LASTING,
    LISTING,
    PASSING,
    SERVING,
    Faults,
    serve,
    switched_on,
)
from crescendo.options import COUNT, PORT, SECONDS, SEED, SHARE

SOUNDCHARTS_FAULTS = (*PASSING, *LASTING, *LISTING)
TMDB_FAULTS = (*PASSING, "404", "429-quota", "html")
MOOVITAMIX_FAULTS = (*PASSING, *SERVING, *DIRT)


def _fault_options(kinds: Iterable[str]) -> Callable[[Callable], Callable]:
    """The options of a simulator that switch faults on."""

    def decorate(command: Callable) -> Callable:
        names = ", ".join(kinds)
        for option in (
            click.option("--faults", default="", envvar="CRESCENDO_FAULTS", help=f"Comma-separated: {names}."),
            click.option(
                "--fault-rate", type=SHARE, default=0.05, show_default=True, help="Share of requests disturbed."
            ),
            click.option(
                "--drip-seconds", type=SECONDS, default=90.0, show_default=True, help="Length of a slow answer."
            ),
        ):
            command = option(command)
        return command

    return decorate


@click.group("simulate")
def simulate_command() -> None:
    """Serve a source's shapes from made-up data, for trials without credentials.

    \b
    Example:
      crescendo simulate soundcharts --port 8001
      crescendo fetch soundcharts --sandbox --url http://127.0.0.1:8001 --artist "Léo, the Lamplighter"
    """


@simulate_command.command("soundcharts")
@click.option("--port", type=PORT, default=8001, show_default=True, help="0 takes a free one.")
@click.option("--seed", type=SEED, default=7, show_default=True, help="The world's: that of `crescendo sample`.")
@click.option("--songs", type=COUNT, default=150, show_default=True, help="Songs in the catalogue.")
@click.option("--days", type=COUNT, default=400, show_default=True, help="Of history, up to 2025-05-26.")
@click.option(
    "--shapes",
    type=click.Choice(["new", "old", "mixed"]),
    default="new",
    show_default=True,
    help="Of the answers: before the partner changed them, since, or both.",
)
@click.option(
    "--quota", type=click.IntRange(min=0), default=1_000_000, show_default=True, help="Calls answered before 429."
)
@_fault_options(SOUNDCHARTS_FAULTS)
def soundcharts_command(
    port: int,
    seed: int,
    songs: int,
    days: int,
    shapes: str,
    quota: int,
    faults: str,
    fault_rate: float,
    drip_seconds: float,
) -> None:
    """The Soundcharts API over the world of `crescendo sample`: the same songs, on more platforms.

    It takes the credentials that `crescendo fetch soundcharts` would show, or else those of the sandbox.

    \b
    Example:
      crescendo simulate soundcharts
      crescendo simulate soundcharts --shapes mixed --faults 401,429,500,slow,cut,overlap,total
    """
    from crescendo.http.credentials import credentials
    from crescendo.sources.soundcharts import fetch as source
    from crescendo.sources.soundcharts.catalogue import Catalogue
    from crescendo.sources.soundcharts.simulate import application
    from crescendo.sources.soundcharts.world import World

    kinds = switched_on(faults, SOUNDCHARTS_FAULTS)
    switched = Faults(kinds, seed, fault_rate, quota, drip_seconds)
    known = any(os.environ.get(name) for name in (*source.OAUTH, *source.KEYS))
    shown = credentials(source.OAUTH, source.KEYS) if known else source.SANDBOX
    catalogue = Catalogue(World(songs, days, seed))
    star = catalogue.artists[catalogue.star]
    what = f"Soundcharts, simulated ({len(catalogue.artists)} artists, most songs: {star.name!r} {star.artist_id})"
    serve(application(catalogue, switched, shapes, tuple(shown.values())), port, what)


@simulate_command.command("moovitamix")
@click.option("--port", type=PORT, default=8000, show_default=True, help="0 takes a free one.")
@click.option(
    "--mode",
    type=click.Choice(["faithful", "evolving"]),
    default="faithful",
    show_default=True,
    help="As the service is, or as it may become.",
)
@click.option("--seed", type=SEED, help="Without it: of faithful another universe at each start, of evolving 7.")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="What it takes for today.")
@click.option("--drift", type=click.DateTime(["%Y-%m-%d"]), help="Evolving: the day on which tastes change.")
@click.option("--restart-after", type=COUNT, default=15, show_default=True, help="Answers before the fault `restart`.")
@_fault_options(MOOVITAMIX_FAULTS)
def moovitamix_command(
    port: int,
    mode: str,
    seed: int | None,
    day: datetime | None,
    drift: datetime | None,
    restart_after: int,
    faults: str,
    fault_rate: float,
    drip_seconds: float,
) -> None:
    """The MooVitamix service: tracks, users and listening histories, by pages.

    \b
    Example:
      crescendo simulate moovitamix
      crescendo simulate moovitamix --mode evolving --day 2025-03-01 --drift 2025-02-01 --port 8002
    """
    from crescendo.sources.moovitamix.simulate import application, universe

    kinds = switched_on(faults, MOOVITAMIX_FAULTS)
    now = (day or datetime.now(UTC)).date()
    if seed is None:
        seed = secrets.randbelow(2**31) if mode == "faithful" else 7

    def rows(restarts: int) -> dict:
        # a restart of the original draws its lists again; a universe that evolves outlives it
        born = seed + restarts if mode == "faithful" else seed
        return universe(mode, born, now, drift and drift.date(), kinds)

    switched = Faults(kinds, seed, fault_rate, drip_seconds=drip_seconds)
    serve(application(rows, switched, restart_after), port, f"MooVitamix, simulated ({mode}, seed {seed}, {now})")


@simulate_command.command("tmdb")
@click.option("--port", type=PORT, default=8003, show_default=True, help="0 takes a free one.")
@click.option("--seed", type=SEED, default=7, show_default=True, help="That of `crescendo sample`.")
@click.option("--films", "count", type=click.IntRange(20, 20_000), default=130, show_default=True, help="Films.")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="What it takes for today; without it 2025-05-26.")
@_fault_options(TMDB_FAULTS)
def tmdb_command(
    port: int, seed: int, count: int, day: datetime | None, faults: str, fault_rate: float, drip_seconds: float
) -> None:
    """The TMDb API and its exports over the films of `crescendo sample`, on one day.

    It takes the token in TMDB_TOKEN or, if none is set, the one that it prints.

    \b
    Example:
      crescendo simulate tmdb
      crescendo simulate tmdb --day 2025-05-25 --faults 429,500,html,cut
    """
    from crescendo.sources.tmdb.simulate import TOKEN, application
    from crescendo.sources.tmdb.world import END, Films

    now = day.date() if day else END
    switched = Faults(switched_on(faults, TMDB_FAULTS), seed, fault_rate, drip_seconds=drip_seconds)
    token = os.environ.get("TMDB_TOKEN") or TOKEN
    said = "the token in TMDB_TOKEN" if os.environ.get("TMDB_TOKEN") else f"TMDB_TOKEN={TOKEN}"
    serve(application(Films(seed, count), now, switched, token), port, f"TMDb, simulated ({now}, {said})")
