"""Retrain: check for drift, train if it is due, compare on the newest days, promote the better model, report each step.

A run never compares old figures: the champion is scored again, on days that neither model learned from. What is
promoted is the very model that was compared.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import duckdb

from crescendo import warehouse
from crescendo.analysis.recommend import artefacts, drift, marts, promotion, registry, score, store, train
from crescendo.analysis.recommend.matrix import Interactions
from crescendo.errors import CrescendoError

Every = Literal["drift", "daily", "weekly"]
Say = Callable[[str], None]
# days that a new model is compared on, at most, and how long a drift asks for a better model
NEWEST = {"drift": 1, "daily": 1, "weekly": 7}
ASKS_FOR = timedelta(days=14)
WINDOW = 90
NOT_DUE = {"drift": "no drift", "daily": "trained less than a day ago", "weekly": "trained less than a week ago"}


@dataclass(frozen=True)
class Outcome:
    """What a run did: the decision, why, which version serves, the drift check, and the comparison if there was one."""

    decision: str
    reason: str
    served: str
    check: drift.Check
    compared: promotion.Compared | None = None
    challenger: str | None = None


@dataclass(frozen=True)
class Champion:
    """The version that serves, and what it learned from."""

    version: str
    last: date


def retrain(
    every: Every = "drift",
    force: bool = False,
    window_days: int = WINDOW,
    seed: int = 7,
    as_of: date | None = None,
    say: Say = lambda _: None,
) -> Outcome:
    """One run. Without a model, the first is trained and serves.

    Args:
        as_of: take this day for the last one; without it the day of the last listen.

    Raises CrescendoError if there are no listens to learn from.
    """
    with warehouse.connect(read_only=True) as connection:
        champion = serving(connection)
        last = as_of or marts.last_day(connection)
        say("looking for drift")
        checked = drift.check(connection, last, NEWEST[every])
    with warehouse.connect() as connection, warehouse.transaction(connection):
        store.prepare(connection)
        drift.write(connection, checked)
        due = "forced" if force else why_due(connection, every, champion, last)
    if champion is None:
        first = train.train(last, window_days, seed, say=say)
        registry.record(first.trained.version, say)
        score.score(say=say)
        return Outcome("promote", "the first model", first.trained.version, checked)
    if not due:
        return _kept(champion, checked, NOT_DUE[every])
    return _compared(champion, checked, every, window_days, seed, last, due, say)


def serving(connection: duckdb.DuckDBPyConnection) -> Champion | None:
    """The champion; None if no model was trained yet."""
    if (version := store.serving(connection)) is None:
        return None
    told = f"select learned_to_date from {store.SCHEMA}.model_versions where model_version = ?"
    found = connection.execute(told, [version]).fetchone()
    if found is None:
        raise CrescendoError(f"recommendations.model_versions lacks {version}, which serves: roll back to another one")
    return Champion(version, found[0])


def why_due(connection: duckdb.DuckDBPyConnection, every: Every, champion: Champion | None, last: date) -> str:
    """Why a model is to be trained; empty if none is.

    By drift: one was found on a day that the champion did not learn from, within ASKS_FOR: a model trained the day
    after knows little of it yet, so days after that try again until one is better.
    """
    if champion is None:
        return "the first model"
    if every != "drift":
        days = {"daily": 1, "weekly": 7}[every]
        return f"{every} training" if last >= champion.last + timedelta(days) else ""
    found = connection.execute(
        f"""
        select string_agg(distinct measure, ', ' order by measure), max(window_last_date)
        from {store.SCHEMA}.drift_checks
        where drift_status = 'drift' and window_last_date > ? and window_last_date between ? and ?
        """,
        [champion.last, last - ASKS_FOR, last],
    ).fetchone()
    return f"drift of {found[0]} up to {found[1]}" if found and found[0] else ""


def halves(
    connection: duckdb.DuckDBPyConnection, cutoff: date, last: date, window_days: int
) -> tuple[Interactions, ...]:
    """(learned from, held out): listens up to `cutoff`, and what users heard first on the days after it."""
    days = window_days + (last - cutoff).days
    data = marts.interactions(connection, last, days)
    border = (cutoff + timedelta(1) - date(1970, 1, 1)).total_seconds()
    return data.where(data.at < border), data.where(data.at >= border)


def _compared(
    champion: Champion, checked: drift.Check, every: Every, window_days: int, seed: int, last: date, due: str, say: Say
) -> Outcome:
    """Train a challenger on the days before the newest ones, and compare."""
    cutoff = max(last - timedelta(NEWEST[every]), champion.last)
    if cutoff >= last:
        return _kept(champion, checked, f"{due}, but there are no listens since {champion.version} was trained")
    with warehouse.connect(read_only=True) as connection:
        source = train.Source(marts.interactions(connection, cutoff, window_days), cutoff, marts.last_load(connection))
        learned, held = halves(connection, cutoff, last, window_days)
    chosen, how = train.choose(source.data, seed, say)
    challenger = artefacts.keep(chosen.winner.fit(source.data.matrix(), seed), source.data.items)
    say("comparing")
    found = promotion.compare(artefacts.load(champion.version), challenger, learned, held, seed)
    served = challenger.version if found.decision == "promote" else champion.version
    reason = f"{due}; {found.reason}"

    def decide(connection: duckdb.DuckDBPyConnection) -> None:
        train.write_version(connection, challenger, chosen.winner, source, seed)
        train.write_metrics(connection, challenger.version, chosen, how)
        _decide(connection, found, reason, champion.version, challenger.version, served, (cutoff, last), source, held)

    if served != champion.version:
        say("scoring")
        score.score(say=say, trained=challenger, decide=decide)
    else:
        with warehouse.connect() as connection, warehouse.transaction(connection):
            decide(connection)
    registry.record(challenger.version, say)
    return Outcome(found.decision, reason, served, checked, found, challenger.version)


def _decide(
    connection: duckdb.DuckDBPyConnection,
    found: promotion.Compared,
    reason: str,
    champion: str,
    challenger: str,
    served: str,
    window: tuple[date, date],
    source: train.Source,
    held: Interactions,
) -> None:
    before, after = found.champion.summary(), found.challenger.summary()
    train.decide(
        connection, found.decision, reason, champion_version=champion, challenger_version=challenger,
        served_version=served, champion_ndcg=before["ndcg_at_10"], challenger_ndcg=after["ndcg_at_10"],
        ndcg_difference=found.difference, lowest_difference=found.lowest, highest_difference=found.highest,
        champion_map=before["map_at_10"], challenger_map=after["map_at_10"],
        champion_coverage=before["coverage_at_10"], challenger_coverage=after["coverage_at_10"],
        champion_rmse=found.champion_rmse, challenger_rmse=found.challenger_rmse,
        evaluated_count=len(found.champion.users), window_first_date=window[0] + timedelta(1),
        window_last_date=window[1], load_id=source.load_id, data_digest=held.digest(),
    )  # fmt: skip


def _kept(champion: Champion, checked: drift.Check, reason: str) -> Outcome:
    """Nothing was trained: a row says so."""
    with warehouse.connect() as connection:
        train.decide(
            connection, "keep", reason, champion_version=champion.version, served_version=champion.version,
            window_first_date=checked.first, window_last_date=checked.last,
        )  # fmt: skip
    return Outcome("keep", reason, champion.version, checked)


def rollback(version: str | None = None, say: Say = lambda _: None) -> str:
    """Let an earlier version serve: the one named, else the one before the one that serves. Returns it.

    Raises CrescendoError if there is none, or its file is not there.
    """
    with warehouse.connect(read_only=True) as connection:
        champion = serving(connection)
        if champion is None:
            raise CrescendoError("no model was trained yet: run `crescendo recommend train`")
        earlier = connection.execute(
            f"""
            select served_version from {store.SCHEMA}.model_promotions where served_version <> ?
            order by decision_id desc limit 1
            """,
            [champion.version],
        ).fetchone()
        known = connection.execute(f"select model_version from {store.SCHEMA}.model_versions").fetchall()
    wanted: str | None = version or (earlier[0] if earlier else None)
    if wanted is None:
        raise CrescendoError(f"no other version served before {champion.version}: name one with --to")
    if (wanted,) not in known:
        raise CrescendoError(f"--to {wanted}: no such version; recommendations.model_versions has them")
    trained = artefacts.load(wanted)
    versions = {"champion_version": champion.version, "challenger_version": wanted, "served_version": wanted}
    score.score(
        say=say,
        trained=trained,
        decide=lambda connection: train.decide(connection, "rollback", "asked for", **versions),
    )
    registry.record(wanted, say)
    return wanted
