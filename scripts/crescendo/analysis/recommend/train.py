"""Train: choose by validation, fit on all, keep the file and say in the warehouse what was done."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import duckdb
import numpy as np

from crescendo import warehouse
from crescendo.analysis.recommend import artefacts, evaluate, marts, store
from crescendo.analysis.recommend.matrix import Interactions
from crescendo.analysis.recommend.splits import LEAST, Split
from crescendo.errors import CrescendoError

Say = Callable[[str], None]
# settings are chosen on some of the users if there are more rows than this
ROWS_TO_CHOOSE_ON = 1_000_000


@dataclass(frozen=True)
class Source:
    """What a model learned from."""

    data: Interactions
    last: date | None
    load_id: int | None

    @property
    def first_date(self) -> date | None:
        """The day of the first listen."""
        return day_of(self.data.at.min()) if len(self.data) else None


@dataclass(frozen=True)
class Result:
    """A trained version, how it was chosen, and whether it serves."""

    trained: artefacts.Trained
    chosen: evaluate.Chosen
    is_serving: bool


def day_of(seconds: float) -> date:
    """The day of a moment, UTC."""
    return date.fromtimestamp(0) if not seconds else np.datetime64(int(seconds), "s").astype("datetime64[D]").item()


def how_to_split(data: Interactions) -> Split:
    """By time if most users heard things at more than one moment, else at random."""
    first = np.full(len(data.users), np.inf)
    last = np.full(len(data.users), -np.inf)
    np.minimum.at(first, data.user, data.at)
    np.maximum.at(last, data.user, data.at)
    return "time" if float(np.mean(last > first)) > 0.5 else "random"


def some_users(data: Interactions, seed: int) -> Interactions:
    """The rows of as many users, drawn by the seed, as keep ROWS_TO_CHOOSE_ON rows."""
    if len(data) <= ROWS_TO_CHOOSE_ON:
        return data
    drawn = np.random.default_rng(seed).random(len(data.users)) < ROWS_TO_CHOOSE_ON / len(data)
    return data.where(drawn[data.user])


def choose(data: Interactions, seed: int, say: Say = lambda _: None) -> tuple[evaluate.Chosen, Split]:
    """The settings that validation ranks best, and the split. Raises CrescendoError if nobody can be evaluated."""
    if not (np.bincount(data.user) >= LEAST).any():
        raise CrescendoError(f"nobody listened to {LEAST} different tracks: there is nothing to validate a model on")
    how = how_to_split(data)
    return evaluate.choose(some_users(data, seed), seed, how, evaluate.CANDIDATES, say), how


def read_source(last: date | None, window_days: int | None) -> Source:
    """What to learn from, read in one go, so that the warehouse is held for a moment only."""
    with warehouse.connect(read_only=True) as connection:
        return Source(marts.interactions(connection, last, window_days), last, marts.last_load(connection))


def train(
    last: date | None = None,
    window_days: int | None = None,
    seed: int = 7,
    promote: bool = False,
    say: Say = lambda _: None,
) -> Result:
    """Choose, fit and keep a model; it serves if no other does, or by `promote`.

    Args:
        last: the last day to learn from; without it all.
        window_days: how many days to learn from; without it all.
    """
    source = read_source(last, window_days)
    chosen, how = choose(source.data, seed, say)
    say(f"fitting {chosen.winner.model} to {len(source.data):,} interactions")
    trained = artefacts.keep(chosen.winner.fit(source.data.matrix(), seed), source.data.items)
    with warehouse.connect() as connection, warehouse.transaction(connection):
        store.prepare(connection)
        write_version(connection, trained, chosen.winner, source, seed)
        write_metrics(connection, trained.version, chosen, how)
        before = store.serving(connection)
        is_serving = before is None or promote
        if is_serving:
            reason = "asked for by --promote" if promote else "the first model"
            decide(
                connection, "promote", reason, champion_version=before, challenger_version=trained.version,
                served_version=trained.version, load_id=source.load_id, data_digest=source.data.digest(),
            )  # fmt: skip
    return Result(trained, chosen, is_serving)


def decide(connection: duckdb.DuckDBPyConnection, decision: str, reason: str, **columns: object) -> int:
    """Add a row to model_promotions; returns its number."""
    number = store.next_id(connection, "model_promotions", "decision_id")
    row = {"decision_id": number, "decided_at": store.now(), "decision": decision, "decision_reason": reason}
    store.insert(connection, "model_promotions", row | columns)
    return number


def write_version(
    connection: duckdb.DuckDBPyConnection,
    trained: artefacts.Trained,
    settings: evaluate.Settings,
    source: Source,
    seed: int,
) -> None:
    """Say in the warehouse what a version is; the same data and seed give the same version, said once."""
    data = source.data
    connection.execute(f"delete from {store.SCHEMA}.model_versions where model_version = ?", [trained.version])
    row = {
        "model_version": trained.version, "model": settings.model, "settings": str(settings), "seed": seed,
        "trained_at": store.now(), "learned_from_date": source.first_date, 
        "learned_to_date": source.last or day_of(data.at.max()),
        "learned_user_count": len(data.users), "learned_track_count": len(data.items), "interaction_count": len(data),
        "load_id": source.load_id, "data_digest": data.digest(),
        "file_name": artefacts.file_name(trained.version), "file_digest": trained.digest,
    }  # fmt: skip
    store.insert(connection, "model_versions", row)


def write_metrics(connection: duckdb.DuckDBPyConnection, version: str, chosen: evaluate.Chosen, how: str) -> None:
    """Say in the warehouse what validation found of every candidate."""
    moment = store.now()
    for settings, reached in chosen.found:
        for metric, value in reached.summary().items():
            row = {
                "model_version": version, "model": settings.model, "settings": str(settings),
                "split_name": f"validation, {how}", "figure": metric, "figure_value": value,
                "evaluated_count": len(reached.users), "measured_at": moment,
            }  # fmt: skip
            store.insert(connection, "model_metrics", row)


def as_json(result: Result) -> str:
    """What `recommend train --format json` prints."""
    found = [
        {"model": settings.model, "settings": dict(settings.options), **reached.summary()}
        for settings, reached in result.chosen.found
    ]
    told = {"model_version": result.trained.version, "is_serving": result.is_serving, "candidates": found}
    return json.dumps(told, indent=2)
