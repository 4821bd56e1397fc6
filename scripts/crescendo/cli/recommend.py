"""`crescendo recommend`: what a person types; the work is in analysis/recommend/."""

import json
import os
import sys
from datetime import datetime
from pathlib import Path

import click

from crescendo.options import COUNT, PORT, SEED, format_option
from crescendo.terminal import counted

DAY = click.DateTime(["%Y-%m-%d"])


def say(text: str) -> None:
    """A line of progress, for a person who waits."""
    if sys.stderr.isatty():
        click.echo(f"\r\033[K{text}", err=True, nl=False)


@click.group("recommend")
def recommend_command() -> None:
    """Recommend tracks: train a model, score everyone's list, serve it.

    Rests on the tables that `crescendo build` makes; writes the schema `recommendations`.

    \b
    Example:
      crescendo recommend train
      crescendo recommend score
      crescendo recommend similar 34
    """


@recommend_command.command("train")
@click.option("--until", type=DAY, help="The last day to learn from; without it all of them.")
@click.option("--window", type=COUNT, metavar="DAYS", help="How many days to learn from; without it all of them.")
@click.option("--seed", type=SEED, default=7, show_default=True, help="The same data and seed give the same bytes.")
@click.option("--promote", is_flag=True, help="Serve it, whatever served before; `crescendo retrain` compares first.")
@format_option("table", "json")
def train_command(until: datetime | None, window: int | None, seed: int, promote: bool, form: str) -> None:
    """Choose among popular, item KNN, iALS and EASE by validation, fit the winner and keep it.

    The first model serves; a later one waits for `crescendo retrain`, or for --promote.

    \b
    Example:
      crescendo recommend train
      crescendo recommend train --until 2025-05-01 --window 90
    """
    from crescendo.analysis.recommend import train

    result = train.train(until and until.date(), window, seed, promote, say)
    say("")
    if form == "json":
        click.echo(train.as_json(result))
        return
    click.echo(f"{'model':<9}{'settings':<44}{'NDCG@10':>8}{'MAP@10':>8}{'recall':>8}{'coverage':>9}")
    for settings, reached in result.chosen.found:
        mark = " *" if settings == result.chosen.winner else ""
        of = reached.summary()
        click.echo(
            f"{settings.model:<9}{settings!s:<44}{of['ndcg_at_10']:8.4f}{of['map_at_10']:8.4f}"
            f"{of['recall_at_20']:8.4f}{of['coverage_at_10']:9.4f}{mark}"
        )
    does = "serves" if result.is_serving else "does not serve: `crescendo retrain` compares it with the one that does"
    click.echo(f"{result.trained.version} {does}")


@recommend_command.command("score")
@click.option("--users", metavar="KEY,...", help="Only the lists of these users; without it all, and similar tracks.")
@click.option("--n", type=click.IntRange(1, 1000), default=20, show_default=True, help="Length of a list.")
def score_command(users: str | None, n: int) -> None:
    """Write everyone's list and every track's neighbours; they expire after 24 hours.

    \b
    Example:
      crescendo recommend score
      crescendo recommend score --users 17,4711
    """
    from crescendo.analysis.recommend import score

    keys = tuple(filter(None, (users or "").split(",")))
    done = score.score(keys, n, say)
    say("")
    click.echo(
        f"{done.version}: {counted(done.rows, 'row')} for {counted(done.users, 'user')}"
        + (f", {done.similar:,} of similar tracks" if not keys else "")
    )


@recommend_command.command("similar")
@click.argument("track")
@format_option("table", "json")
def similar_command(track: str, form: str) -> None:
    """Show the tracks nearest to one, as they were last scored. TRACK is a track_key.

    \b
    Example:
      crescendo recommend similar 34
    """
    from crescendo.analysis.recommend import score

    rows = score.similar(track)
    if form == "json":
        names = ("rank", "track_key", "track_name", "similarity_ratio", "reason")
        click.echo(json.dumps([dict(zip(names, row, strict=True)) for row in rows], indent=2, ensure_ascii=False))
        return
    for rank, key, name, value, reason in rows:
        click.echo(f"{rank:>3}  {key:<12}{name or '':<32}{value:8.4f}  {reason}")


@recommend_command.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="0.0.0.0 shows it to the network, without a lock.")
@click.option("--port", type=PORT, default=8010, show_default=True, help="0 takes a free one.")
@click.option(
    "--landing",
    type=click.Path(path_type=Path),
    default=Path("landing"),
    show_default=True,
    help="Where posted listens are landed for the next load.",
)
def serve_command(host: str, port: int, landing: Path) -> None:
    """Serve lists, similar tracks and the model over HTTP, and take new listens.

    A promoted model and a swapped warehouse are served without a restart. With CRESCENDO_REDIS_URL, answers are kept
    in that Redis. The routes are described at /openapi.json.

    \b
    Example:
      crescendo recommend serve
      curl http://127.0.0.1:8010/users/17/recommendations?n=5
      curl http://127.0.0.1:8010/listens --json '{"listens": [{"user_key": "17", "track_key": "4711"}]}'
    """
    from crescendo.analysis.recommend import live, serve
    from crescendo.analysis.recommend.cache import cache_of
    from crescendo.http import server

    cache = cache_of(os.environ.get("CRESCENDO_REDIS_URL"))
    state = live.begin(landing)
    what = f"{state.state.given.trained.version} for {counted(len(state.state.users), 'user')}"
    server.serve(serve.application(state, cache), port, what, host=host, lifespan="on")
