"""Is the challenger better? Both are scored on the same new window, and the difference of each user is resampled.

Promoted is a challenger of which the 95 % interval of the mean difference of NDCG@10 (paired bootstrap over users)
lies above 0, and of which MAP@10 and coverage are not below the champion's by more than their margins.
"""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from crescendo.analysis.recommend import evaluate, ratings
from crescendo.analysis.recommend.artefacts import Trained
from crescendo.analysis.recommend.matrix import Interactions, aligned
from crescendo.analysis.recommend.metrics import Quality

DRAWS, AT_ONCE = 2000, 100
LEVEL = 0.95
LEAST_USERS = 50
# shares of the champion's figure that a better challenger may lose
MAP_MARGIN, COVERAGE_MARGIN = 0.02, 0.2


@dataclass(frozen=True)
class Over:
    """A trained model over the items of some data: what it does not know it never recommends."""

    trained: Trained
    items: np.ndarray

    def scores(self, rows: sparse.csr_matrix) -> np.ndarray:
        """Users by items; -inf for an item that the model does not know."""
        known = self.trained.model.scores(aligned(rows, self.items, self.trained.items))
        place = np.minimum(np.searchsorted(self.trained.items, self.items), len(self.trained.items) - 1)
        found = np.asarray(known[:, place], np.float32)
        found[:, self.trained.items[place] != self.items] = -np.inf
        return found


@dataclass(frozen=True)
class Compared:
    """Both models on the new window, the difference with its interval, and what follows."""

    champion: Quality
    challenger: Quality
    champion_rmse: float
    challenger_rmse: float
    difference: float
    lowest: float
    highest: float
    decision: str
    reason: str


def interval(difference: np.ndarray, seed: int, draws: int = DRAWS) -> tuple[float, float]:
    """The 95 % interval of the mean of paired differences, by resampling users with replacement."""
    rng = np.random.default_rng(seed)
    count = len(difference)
    means = [
        difference[rng.integers(0, count, (min(AT_ONCE, draws - at), count))].mean(axis=1)
        for at in range(0, draws, AT_ONCE)
    ]
    low, high = np.quantile(np.concatenate(means), [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)


def decide(champion: Quality, challenger: Quality, seed: int) -> tuple[str, str, float, float, float]:
    """(promote or keep, why, mean difference of NDCG@10, lower and upper end of its interval)."""
    difference = challenger.ndcg - champion.ndcg
    if len(difference) < LEAST_USERS:
        return "keep", f"{len(difference)} users heard something new, fewer than {LEAST_USERS}", 0.0, 0.0, 0.0
    low, high = interval(difference, seed)
    before, after = champion.summary(), challenger.summary()
    told = float(difference.mean()), low, high
    if low <= 0:
        return "keep", f"the NDCG@10 of the challenger is not above the champion's: {low:+.4f} to {high:+.4f}", *told
    for name, margin in (("map_at_10", MAP_MARGIN), ("coverage_at_10", COVERAGE_MARGIN)):
        if after[name] < before[name] * (1 - margin):
            return "keep", f"{name} fell from {before[name]:.4f} to {after[name]:.4f}, more than {margin:.0%}", *told
    return "promote", f"the NDCG@10 of the challenger is higher by {low:+.4f} to {high:+.4f}", *told


def compare(champion: Trained, challenger: Trained, learned: Interactions, held: Interactions, seed: int) -> Compared:
    """Score both on what users heard anew in `held`, from what they had heard in `learned`."""
    models = [Over(one, learned.items) for one in (champion, challenger)]
    before, after = (evaluate.evaluate(model, learned, held) for model in models)
    errors = [ratings.held_out_rmse(model, learned, held, use_log=True) for model in models]
    decision, reason, difference, low, high = decide(before, after, seed)
    return Compared(before, after, errors[0], errors[1], difference, low, high, decision, reason)
