"""How far off predicted ratings (or logs of plays) are: RMSE, for models that only rank.

A rating is predicted as mean + bias of the user + bias of the item + slope * score. The biases are means of what is
left over, shrunk by SHRINKAGE ratings, over the part learned from; the slope is fitted on one half of the held-out
users and used on the other, in turn. The score is the model's, less the user's mean, over the standard deviation.
"""

import numpy as np

from crescendo.analysis.recommend import evaluate
from crescendo.analysis.recommend.matrix import Interactions
from crescendo.analysis.recommend.metrics import rmse
from crescendo.analysis.recommend.models import Ranker

SHRINKAGE = 5.0


def biases(learned: Interactions, target: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
    """(mean, bias of each item, bias of each user) of a target, one value per row."""
    mean = float(target.mean())
    of_items = _shrunk(learned.item, target - mean, len(learned.items))
    of_users = _shrunk(learned.user, target - mean - of_items[learned.item], len(learned.users))
    return mean, of_items, of_users


def _shrunk(place: np.ndarray, left: np.ndarray, size: int) -> np.ndarray:
    total = np.bincount(place, left, size)
    return total / (np.bincount(place, minlength=size) + SHRINKAGE)


def held_out_rmse(model: Ranker, learned: Interactions, held: Interactions, use_log: bool) -> float:
    """RMSE over the held-out rows of the rating, or of log(1 + plays) with `use_log`."""
    told = (lambda plays: np.log1p(plays)) if use_log else (lambda plays: plays)
    target, actual = told(learned.plays.astype(float)), told(held.plays.astype(float))
    mean, of_items, of_users = biases(learned, target)
    base = mean + of_items[held.item] + of_users[held.user]
    score = _scores(model, learned, held)
    predicted = base.copy()
    for half in (0, 1):
        fit, use = held.user % 2 == half, held.user % 2 != half
        power = float(score[fit] @ score[fit])
        slope = float(score[fit] @ (actual - base)[fit]) / power if power else 0.0
        predicted[use] += slope * score[use]
    return rmse(predicted, actual)


def _scores(model: Ranker, learned: Interactions, held: Interactions) -> np.ndarray:
    """The standardised score of each held-out row."""
    rows, users = learned.matrix(), np.unique(held.user)
    found = np.zeros(len(held))
    for part in evaluate.batches(len(users), len(learned.items)):
        scores = model.scores(rows[users[part]])
        unknown = np.isneginf(scores)  # of an item that the model does not know: as bad as the worst
        scores = np.where(unknown, np.where(unknown, np.inf, scores).min(axis=1, keepdims=True), scores)
        centred = (scores - scores.mean(axis=1, keepdims=True)) / np.maximum(scores.std(axis=1, keepdims=True), 1e-12)
        here = np.isin(held.user, users[part])
        found[here] = centred[np.searchsorted(users[part], held.user[here]), held.item[here]]
    return found - found.mean()
