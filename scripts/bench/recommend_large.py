"""Ten million listens of 100,000 users and 50,000 tracks: the matrix, training, and the lists of everyone.

    python scripts/bench/recommend_large.py --listens 10000000

Listens are drawn with taste: each user likes 3 of 60 groups of tracks, within which popularity falls as in the
evolving simulator. Written to a warehouse of its own, then `recommend train` and `score` as a user runs them.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from measure import run

sys.path.insert(0, str(Path(__file__).parents[2] / "tests" / "python"))

from crescendo import warehouse

GROUPS, LIKED, DEVOTION = 60, 3, 0.75
TABLES = """
    create schema listening; create schema staging; create schema load_audit;
    create table listening.fct_listens as
    select user::varchar as user_key, track::varchar as track_key,
        timestamp '2025-01-01' + to_seconds("at"::bigint) as listened_at from listens;
    create table listening.fct_user_track_interactions as
    select user_key, track_key, count(*) as listen_count, min(listened_at) as first_listened_at,
        max(listened_at) as last_listened_at
    from listening.fct_listens group by all;
    create table listening.dim_tracks_current as
    select n::varchar as track_key, 'track ' || n as track_name, date '2025-04-01' as last_load_date
    from range({tracks}) as numbers(n);
    create table listening.user_features as select n::varchar as user_key from range({users}) as numbers(n);
    create table listening.track_features as
    select track_key, count(*) as user_count from listening.fct_user_track_interactions group by all;
    create table listening.fct_listening_extractions as
    select 'tracks' as route, date '2025-04-01' as load_date, true as is_complete;
    create table listening.bridge_tracks_x_genres as
    select n::varchar as track_key, 'genre ' || n % {groups} as genre_id from range({tracks}) as numbers(n);
    create table listening.dim_listening_genres as
    select 'genre ' || n as genre_id, true as is_reference_genre from range({groups}) as numbers(n);
    create table listening.bridge_users_x_favorite_genres as
    select n::varchar as user_key, 'genre ' || n % {groups} as genre_id from range({users}) as numbers(n);
    create table staging.stg_served__listens (user_key varchar, track_key varchar, heard_at timestamp);
    create table load_audit.loads as select 1::bigint as _load_id;
"""


def listens(count: int, users: int, tracks: int, seed: int = 7) -> pd.DataFrame:
    """user, track and second of each listen."""
    rng = np.random.default_rng(seed)
    fame = 1 / (1 + 50 * rng.random(tracks))
    liked = rng.integers(0, GROUPS, (users, LIKED))
    user = rng.integers(0, users, count)
    group = liked[user, rng.integers(0, LIKED, count)]
    track = rng.choice(tracks, count, p=fame / fame.sum())
    devoted = rng.random(count) < DEVOTION
    for number in range(GROUPS):
        shelf = np.arange(number, tracks, GROUPS)
        at = devoted & (group == number)
        track[at] = rng.choice(shelf, int(at.sum()), p=fame[shelf] / fame[shelf].sum())
    return pd.DataFrame({"user": user, "track": track, "at": rng.integers(0, 90 * 86400, count)})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--listens", type=int, default=10_000_000)
    parser.add_argument("--users", type=int, default=100_000)
    parser.add_argument("--tracks", type=int, default=50_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="crescendo-bench-") as name:
        file = Path(name) / "x.duckdb"
        os.environ["CRESCENDO_DB"] = str(file)
        with warehouse.connect() as connection:
            connection.register("listens", listens(options.listens, options.users, options.tracks))
            connection.execute(TABLES.format(users=options.users, tracks=options.tracks, groups=GROUPS))
            connection.unregister("listens")
        print(f"{options.listens:,} listens, {options.users:,} users, {options.tracks:,} tracks", flush=True)
        for verb in ("train", "score"):
            print(f"{verb:<8}{run([sys.executable, '-m', 'crescendo.cli', 'recommend', verb], {})}", flush=True)
        with warehouse.connect(read_only=True) as connection:
            print(connection.execute("from recommendations.model_versions").df().T.to_string())
            figures = (
                "select model, settings, figure_value from recommendations.model_metrics where figure = 'ndcg_at_10'"
            )
            print(connection.execute(figures).df().to_string())
            print(connection.execute("select count(*), count(distinct user_key) from recommendations.top_n").fetchall())
        print(f"load average {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
