"""Rank, measure, and choose the settings that validation ranks best."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from threadpoolctl import threadpool_limits

from crescendo.analysis.recommend import models
from crescendo.analysis.recommend.matrix import Interactions
from crescendo.analysis.recommend.metrics import LONG, Quality, quality
from crescendo.analysis.recommend.splits import Split, split

BATCH_CELLS = 20_000_000  # users by items that are scored at once: 80 MB


@dataclass(frozen=True)
class Settings:
    """A model's name and what it is fitted with."""

    model: str
    options: tuple[tuple[str, float], ...] = ()

    def fit(self, rows: sparse.csr_matrix, seed: int) -> models.Model:
        """The model, fitted to users by items."""
        return models.FITTING[self.model](rows, seed, **dict(self.options))

    def __str__(self) -> str:
        return json.dumps(dict(self.options))


CANDIDATES = (
    Settings("popular"),
    *(Settings("knn", (("neighbours", k),)) for k in (20, 100)),
    *(
        Settings("ials", (("alpha", alpha), ("regularization", regularization)))
        for alpha, regularization in ((1, 3), (1, 10), (1, 30), (10, 30), (10, 100))
    ),
    *(Settings("ease", (("penalty", penalty),)) for penalty in (30, 100, 300, 1000)),
)


@dataclass(frozen=True)
class Chosen:
    """What validation found: the winner, and the quality of every candidate."""

    winner: Settings
    found: tuple[tuple[Settings, Quality], ...]


def best(scores: np.ndarray, n: int) -> np.ndarray:
    """Rows by n: the places of the n highest scores, highest first, equals by place; -1 if there is only -inf.

    Which of several equals at the n-th rank are taken is the partition's choice, the same for the same scores.
    """
    n = min(n, scores.shape[1])
    place = np.argpartition(-scores, n - 1, axis=1)[:, :n] if n < scores.shape[1] else _all_places(scores)
    order = np.lexsort((place, -np.take_along_axis(scores, place, axis=1)), axis=1)
    place = np.take_along_axis(place, order, axis=1)
    return np.where(np.isneginf(np.take_along_axis(scores, place, axis=1)), -1, place)


def _all_places(scores: np.ndarray) -> np.ndarray:
    return np.tile(np.arange(scores.shape[1]), (len(scores), 1))


def without(scores: np.ndarray, rows: sparse.csr_matrix) -> np.ndarray:
    """The scores, in place, with -inf for what the rows hold."""
    at = np.repeat(np.arange(rows.shape[0]), np.diff(rows.indptr))
    scores[at, rows.indices] = -np.inf
    return scores


def batches(count: int, items: int) -> Iterable[slice]:
    """Slices of users whose scores fit into BATCH_CELLS."""
    size = max(BATCH_CELLS // max(items, 1), 1)
    return (slice(at, min(at + size, count)) for at in range(0, count, size))


def rank(model: models.Ranker, rows: sparse.csr_matrix, n: int = LONG) -> np.ndarray:
    """Users by n: the items of the highest scores that a user's row does not hold; -1 if there are none left."""
    found = np.full((rows.shape[0], n), -1)
    with threadpool_limits(1):  # many small products: threads would cost more than they bring
        for part in batches(*rows.shape):
            top = best(without(model.scores(rows[part]), rows[part]), n)
            found[part, : top.shape[1]] = top
    return found


def evaluate(model: models.Ranker, learned: Interactions, held: Interactions) -> Quality:
    """The quality of a model on what was held out of the users' items."""
    users = np.unique(held.user)
    rows = learned.matrix()
    popularity = np.asarray(rows.getnnz(axis=0))
    return quality(users, rank(model, rows[users]), held.matrix()[users], popularity)


def choose(
    data: Interactions,
    seed: int,
    how: Split = "time",
    candidates: Iterable[Settings] = CANDIDATES,
    progress: Callable[[str], None] | None = None,
) -> Chosen:
    """The candidate of the best NDCG@10 on what a split holds out; of equals the first."""
    learned, held = split(data, how, seed)
    rows, found = learned.matrix(), []
    for settings in candidates:
        if settings.model == "ease" and not models.can_ease(rows.shape):
            continue
        reached = evaluate(settings.fit(rows, seed), learned, held)
        found.append((settings, reached))
        if progress:
            progress(f"{settings.model} {settings}: NDCG@10 {reached.summary()['ndcg_at_10']:.4f}")
    winner = max(found, key=lambda pair: pair[1].summary()["ndcg_at_10"])[0]
    return Chosen(winner, tuple(found))
