"""Lists of recommendations, each row with its reason and why.

| reason | the row is |
|---|---|
| `heard` | ranked by the model from what the user heard; `why` are the three heard tracks that gave most to the score |
| `declared_genre` | popular in the genres that the user declares: nothing that the user heard is known to the model |
| `popular` | popular, because there was nothing better to go by |
"""

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from threadpoolctl import threadpool_limits

from crescendo.analysis.recommend import evaluate
from crescendo.analysis.recommend.marts import Shelf
from crescendo.analysis.recommend.models import Model

REASONS = ("heard", "declared_genre", "popular")
MOST_WHY = 3


@dataclass(frozen=True)
class Lists:
    """Users by n: items (-1 for none left), scores and reasons (places in REASONS).

    Users by n by three: `why`, heard items, -1 for none; `share`, what each gave of the score.
    """

    items: np.ndarray
    scores: np.ndarray
    reasons: np.ndarray
    why: np.ndarray
    share: np.ndarray


def lists(model: Model, shelf: Shelf, rows: sparse.csr_matrix, genres: sparse.csr_matrix, n: int) -> Lists:
    """The n best offered items that a user's row does not hold.

    Args:
        rows: users by items, 1 if heard.
        genres: users by genres, 1 if declared.
    """
    size = (rows.shape[0], n)
    made = Lists(
        np.full(size, -1), np.zeros(size, np.float32), np.full(size, REASONS.index("popular"), np.int8),
        np.full((*size, MOST_WHY), -1), np.zeros((*size, MOST_WHY), np.float32),
    )  # fmt: skip
    personal = model.name != "popular"
    with threadpool_limits(1):
        for part in evaluate.batches(*rows.shape):
            if personal:
                _rank(model, shelf, rows[part], n, made, part.start)
            for at in range(part.start, min(part.stop, rows.shape[0])):
                heard = rows.indices[rows.indptr[at] : rows.indptr[at + 1]]
                if personal and len(heard):
                    _explain(model, heard, made, at)
                if made.items[at, -1] < 0:
                    _fill(shelf, heard, genres.indices[genres.indptr[at] : genres.indptr[at + 1]], made, at)
    return made


def _rank(model: Model, shelf: Shelf, rows: sparse.csr_matrix, n: int, made: Lists, begin: int) -> None:
    """The model's own ranking of users who heard something."""
    warm = np.flatnonzero(np.diff(rows.indptr))
    if not len(warm):
        return
    scores = evaluate.without(model.scores(rows[warm]), rows[warm])
    scores[:, ~shelf.offered] = -np.inf
    if model.name == "knn":  # nobody's neighbour: nothing is known of it
        scores[scores <= 0] = -np.inf
    top = evaluate.best(scores, n)
    at = begin + warm[:, None], np.arange(top.shape[1])
    made.items[at] = top
    found = top >= 0
    made.scores[at] = np.where(found, np.take_along_axis(scores, np.maximum(top, 0), axis=1), 0)
    made.reasons[at] = np.where(found, REASONS.index("heard"), REASONS.index("popular"))


def _explain(model: Model, heard: np.ndarray, made: Lists, at: int) -> None:
    """The heard items that gave most to each score, those that gave something."""
    ranked = np.flatnonzero(made.items[at] >= 0)
    if not len(ranked):
        return
    given = model.contributions(heard, made.items[at, ranked]).T
    most = min(MOST_WHY, len(heard))
    top = evaluate.best(given, most)
    values = np.take_along_axis(given, top, axis=1)
    scores = made.scores[at, ranked][:, None]
    share = np.divide(values, scores, out=np.zeros_like(values), where=scores > 0)
    made.why[at, ranked, :most] = np.where(values > 0, heard[top], -1)
    made.share[at, ranked, :most] = np.where(values > 0, share, 0)


def _fill(shelf: Shelf, heard: np.ndarray, genres: np.ndarray, made: Lists, at: int) -> None:
    """What is popular in the declared genres (users whom the model cannot rank for), then what is popular."""
    begin = int((made.items[at] >= 0).sum())
    free = shelf.offered.copy()
    free[heard] = False
    free[made.items[at, :begin]] = False
    steps = [("popular", free)]
    if not begin and len(genres):
        liked = np.asarray(shelf.item_genres[:, genres].sum(axis=1)).ravel() > 0
        steps = [("declared_genre", free & liked), ("popular", free & ~liked)]
    for reason, allowed in steps:
        scores = np.where(allowed, shelf.popularity, -np.inf)[None]
        top = evaluate.best(scores, made.items.shape[1] - begin)[0]
        top = top[top >= 0]
        end = begin + len(top)
        made.items[at, begin:end] = top
        made.scores[at, begin:end] = shelf.popularity[top]
        made.reasons[at, begin:end] = REASONS.index(reason)
        begin = end
        if begin == made.items.shape[1]:
            return
