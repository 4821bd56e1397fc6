"""The figures of scripts/bench/recommend.py by an independent library, in the environment of the benchmarks.

    .venv-bench/bin/python scripts/bench/ranx_figures.py RANKED.npz

The file holds `ranked` (users by 20, items, best first), and `user` and `item` of what was held out. Prints JSON: of
each user NDCG@10, and average precision at 10 and recall at 20, which ranx puts over all relevant items and we over as
many as fit, so they are put over those here.
"""

import json
import sys

import numpy as np
from ranx import Qrels, Run, evaluate


def main() -> None:
    with np.load(sys.argv[1]) as read:
        ranked, user, item = read["ranked"], read["user"], read["item"]
    users = np.unique(user)
    relevant = {str(u): {str(i): 1 for i in item[user == u]} for u in users}
    run = {
        str(u): {str(i): float(len(row) - at) for at, i in enumerate(row) if i >= 0}
        for u, row in zip(users, ranked, strict=True)
    }
    found = evaluate(Qrels(relevant), Run(run), ["ndcg@10", "map@10", "recall@20"], return_mean=False)
    order = list(Qrels(relevant).keys())
    place = {key: at for at, key in enumerate(order)}
    at = [place[str(u)] for u in users]
    count = np.array([len(relevant[str(u)]) for u in users])
    print(
        json.dumps(
            {
                "ndcg_at_10": float(np.mean(found["ndcg@10"][at])),
                "map_at_10": float(np.mean(found["map@10"][at] * count / np.minimum(count, 10))),
                "recall_at_20": float(np.mean(found["recall@20"][at] * count / np.minimum(count, 20))),
            }
        )
    )


if __name__ == "__main__":
    main()
