"""How well the models rank on public data: the table of docs/recommending.md, each figure with what it is held against.

    CRESCENDO_REALDATA=<folder> python scripts/bench/recommend.py

Settings of each model are chosen by validation within the part learned from, the winner among popular, KNN, iALS and
EASE as well; the test part is looked at once. With .venv-bench (see growth.py) the figures are computed again by ranx.
"""

import argparse
import gzip
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from crescendo.analysis.recommend import evaluate, ratings
from crescendo.analysis.recommend.matrix import Interactions, from_rows
from crescendo.analysis.recommend.splits import Split, split
from threadpoolctl import threadpool_limits

ROOT = Path(__file__).parents[2]
RANX = ROOT / ".venv-bench" / "bin" / "python"
SEED = 7


@dataclass(frozen=True)
class Task:
    """Data, a split, and the NDCG@10 to reach."""

    name: str
    folder: str
    least_rating: float
    how: Split
    wanted: float


TASKS = (
    Task("Last.fm HetRec, binary", "lastfm_hetrec2011", 0, "random", 0.225),
    Task("MovieLens small, all ratings", "movielens_small", 0, "random", 0.360),
    Task("MovieLens small, ratings of 4 and more", "movielens_small", 4, "random", 0.255),
    Task("MovieLens small, all ratings", "movielens_small", 0, "time", 0.122),
    Task("MovieLens small, all ratings", "movielens_small", 0, "last", 0.038),
)


@dataclass(frozen=True)
class Bpr:
    """Bayesian personalised ranking of `implicit`: for comparison only, as it cannot score from a row alone."""

    model: object
    name: str = "bpr"

    def scores(self, users: np.ndarray) -> np.ndarray:
        return self.model.user_factors[users] @ self.model.item_factors.T


def read(task: Task, folder: Path) -> Interactions:
    if task.folder == "lastfm_hetrec2011":
        file, delimiter, columns = folder / task.folder / "user_artists.dat.gz", "\t", (0, 1, 2)
    else:
        file, delimiter, columns = folder / task.folder / "ratings.csv.gz", ",", (0, 1, 2, 3)
    with gzip.open(file, "rt") as opened:
        rows = np.loadtxt(opened, delimiter=delimiter, skiprows=1, usecols=columns)
    rows = rows[rows[:, 2] >= task.least_rating]
    at = rows[:, 3] if rows.shape[1] > 3 else np.zeros(len(rows))
    return from_rows(rows[:, 0].astype(int), rows[:, 1].astype(int), rows[:, 2], at)


def bpr(learned: Interactions, held: Interactions) -> float:
    """NDCG@10 of BPR with the library's settings, 64 factors and 200 rounds."""
    from implicit.cpu.bpr import BayesianPersonalizedRanking

    rows = learned.matrix()
    with threadpool_limits(1):
        model = BayesianPersonalizedRanking(factors=64, iterations=200, random_state=SEED, num_threads=1)
        model.fit(rows, show_progress=False)
    users = np.unique(held.user)
    ranked = evaluate.best(evaluate.without(Bpr(model).scores(users), rows[users]), evaluate.LONG)
    popularity = np.asarray(rows.getnnz(axis=0))
    return evaluate.quality(users, ranked, held.matrix()[users], popularity).summary()["ndcg_at_10"]


def by_ranx(ranked: np.ndarray, held: Interactions) -> dict[str, float] | None:
    if not RANX.exists():
        return None
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "ranked.npz"
        np.savez(file, ranked=ranked, user=held.user, item=held.item)
        command = [str(RANX), str(Path(__file__).with_name("ranx_figures.py")), str(file)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def run(task: Task, folder: Path) -> bool:
    """Print one row; whether the figure was reached and ranx agrees."""
    started = time.monotonic()
    learned, held = split(read(task, folder), task.how, SEED)
    chosen = evaluate.choose(learned, SEED, task.how)
    by_family = {}
    for settings, reached in chosen.found:
        if reached.ndcg.mean() > by_family.get(settings.model, (None, -1))[1]:
            by_family[settings.model] = (settings, reached.ndcg.mean())
    rows, found = learned.matrix(), {}
    for name, (settings, _) in by_family.items():
        model = settings.fit(rows, SEED)
        reached = evaluate.evaluate(model, learned, held)
        found[name] = (settings, reached.summary(), model)
    settings, ours, model = found[chosen.winner.model]
    users = np.unique(held.user)
    theirs = by_ranx(evaluate.rank(model, rows[users]), held)
    apart = max(abs(theirs[name] - ours[name]) for name in theirs) if theirs else None
    error = ratings.held_out_rmse(model, learned, held, use_log=task.folder == "lastfm_hetrec2011")
    figures = [found[name][1]["ndcg_at_10"] for name in ("popular", "knn")] + [bpr(learned, held)]
    figures += [found[name][1]["ndcg_at_10"] for name in ("ials", "ease")]
    print(
        f"| {task.name} | {task.how} | {' | '.join(f'{figure:.3f}' for figure in figures)} "
        f"| {settings.model} {settings} | **{ours['ndcg_at_10']:.3f}** | {task.wanted:.3f} | {ours['map_at_10']:.3f} "
        f"| {ours['recall_at_20']:.3f} | {ours['hr_at_10']:.3f} | {ours['coverage_at_10']:.3f} | {error:.3f} "
        f"| {'not run' if apart is None else f'{apart:.0e}'} | {time.monotonic() - started:.0f} |",
        flush=True,
    )
    return ours["ndcg_at_10"] >= task.wanted and (apart is None or apart < 1e-9)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.parse_args()
    folder = os.environ.get("CRESCENDO_REALDATA")
    if not folder:
        print("CRESCENDO_REALDATA names no folder", file=sys.stderr)
        return 2
    names = "data|split|popular|KNN|BPR|iALS|EASE|chosen|NDCG@10|to reach|MAP@10|recall@20|HR@10|coverage|RMSE|ranx|s"
    print(f"| {names.replace('|', ' | ')} |\n{'|---' * len(names.split('|'))}|")
    done = [run(task, Path(folder)) for task in TASKS]
    return 0 if all(done) else 1


if __name__ == "__main__":
    sys.exit(main())
