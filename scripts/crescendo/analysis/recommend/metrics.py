"""How good a ranking is; each figure by one definition, which scripts/bench/recommend.py holds against ranx.

All items are ranked but those learned from; a held-out item is relevant, gain 1. For user u with r relevant items and
hit(k) in {0, 1} at rank k = 1, 2, ...:

- NDCG@K: sum of hit(k) / log2(k + 1) for k to K, over the sum of 1 / log2(k + 1) for k to min(K, r);
- MAP@K: mean over users of the sum of hit(k) * precision(k) for k to K, over min(K, r);
- Recall@K: hits among the first K, over min(K, r);
- HR@K: 1 if there is a hit among the first K;
- Coverage@K: distinct items among all users' first K, over all items;
- popularity bias: mean rank by popularity (1 = most popular) of what is recommended, over the number of items;
- RMSE: root mean squared error of predicted ratings.
"""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

SHORT, LONG = 10, 20  # ranks that NDCG, MAP, HR and coverage look at, and recall


@dataclass(frozen=True)
class Quality:
    """Figures of a ranking: three of each user evaluated (arrays of one length), and those of all."""

    users: np.ndarray
    ndcg: np.ndarray
    average_precision: np.ndarray
    recall: np.ndarray
    hit: np.ndarray
    coverage: float
    popularity_bias: float

    def summary(self) -> dict[str, float]:
        """name -> figure; 0 if nobody was evaluated."""
        means = {
            f"ndcg_at_{SHORT}": self.ndcg,
            f"map_at_{SHORT}": self.average_precision,
            f"recall_at_{LONG}": self.recall,
            f"hr_at_{SHORT}": self.hit,
        }
        found = {name: float(of.mean()) if len(of) else 0.0 for name, of in means.items()}
        return found | {f"coverage_at_{SHORT}": self.coverage, "popularity_bias": self.popularity_bias}


def hits(ranked: np.ndarray, held: sparse.csr_matrix) -> np.ndarray:
    """Users by ranks: whether the item there is relevant. `ranked` holds items, -1 for no item."""
    rows = np.repeat(np.arange(len(ranked)), ranked.shape[1])
    found = np.asarray(held[rows, np.maximum(ranked, 0).ravel()]).reshape(ranked.shape) > 0
    return found & (ranked >= 0)


def ndcg(hit: np.ndarray, relevant: np.ndarray, k: int = SHORT) -> np.ndarray:
    """NDCG@k of each user, from hits by rank and the number of relevant items (at least 1)."""
    discount = 1 / np.log2(np.arange(2, k + 2))
    ideal = np.cumsum(discount)[np.minimum(relevant, k) - 1]
    return _padded(hit, k) @ discount / ideal


def average_precision(hit: np.ndarray, relevant: np.ndarray, k: int = SHORT) -> np.ndarray:
    """Average precision at k of each user, over min(k, relevant)."""
    first = _padded(hit, k)
    precision = np.cumsum(first, axis=1) / np.arange(1, k + 1)
    return (first * precision).sum(axis=1) / np.minimum(relevant, k)


def recall(hit: np.ndarray, relevant: np.ndarray, k: int = LONG) -> np.ndarray:
    """Recall at k of each user, over min(k, relevant)."""
    return _padded(hit, k).sum(axis=1) / np.minimum(relevant, k)


def rmse(predicted: np.ndarray, actual: np.ndarray) -> float:
    """Root mean squared error of two arrays of one length."""
    return float(np.sqrt(np.mean((np.asarray(predicted, float) - np.asarray(actual, float)) ** 2)))


def quality(users: np.ndarray, ranked: np.ndarray, held: sparse.csr_matrix, popularity: np.ndarray) -> Quality:
    """The figures of a ranking.

    Args:
        users: who is evaluated, each with at least one row of `held`.
        ranked: their items, best first, len(users) by at least LONG; -1 for no item.
        held: what was held out of them, len(users) by items.
        popularity: how many users each item has in the part learned from.
    """
    hit, relevant = hits(ranked, held), np.asarray(held.getnnz(axis=1))
    shown = ranked[:, :SHORT]
    shown = shown[shown >= 0]
    place = np.empty(len(popularity))
    place[np.argsort(-popularity, kind="stable")] = np.arange(1, len(popularity) + 1)
    return Quality(
        users,
        ndcg(hit, relevant),
        average_precision(hit, relevant),
        recall(hit, relevant),
        (hit[:, :SHORT].any(axis=1)).astype(float),
        len(np.unique(shown)) / max(len(popularity), 1),
        float(place[shown].mean() / len(popularity)) if len(shown) else 0.0,
    )


def _padded(hit: np.ndarray, k: int) -> np.ndarray:
    first = hit[:, :k].astype(float)
    return np.pad(first, ((0, 0), (0, k - first.shape[1])))
