"""What is learned from and what is held out, by one of three splits.

- `random`: a fifth of each user's items, by a seed.
- `time`: the latest fifth of each user's items; of one moment, by the seed.
- `last`: the latest item of each user; of one moment, by the seed.

Users with fewer than LEAST items are in the part that is learned from only.
"""

from typing import Literal

import numpy as np

from crescendo.analysis.recommend.matrix import Interactions

LEAST = 5
SHARE = 0.2
Split = Literal["random", "time", "last"]


def split(data: Interactions, how: Split, seed: int) -> tuple[Interactions, Interactions]:
    """(learned from, held out): the same users and items, the rows of the one or of the other."""
    count = np.bincount(data.user, minlength=len(data.users))
    held_count = np.ones_like(count) if how == "last" else np.maximum((count * SHARE).astype(int), 1)
    held_count[count < LEAST] = 0
    draw = np.random.default_rng(seed).random(len(data))
    when = np.zeros(len(data)) if how == "random" else data.at
    order = np.lexsort((draw, -when, data.user))  # latest first within each user
    begin = np.concatenate(([0], np.cumsum(count)[:-1]))
    place = np.empty(len(data), int)
    place[order] = np.arange(len(data)) - begin[data.user[order]]
    held = place < held_count[data.user]
    return data.where(~held), data.where(held)
