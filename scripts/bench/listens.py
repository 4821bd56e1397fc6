"""Ten million listens: pages as NDJSON, loaded and modelled, in seconds, CPU seconds and memory.

    python scripts/bench/listens.py --listens 10000000

Writes to a folder of its own, which is removed. Prints what the targets speak of: at least a million listens loaded a
second, models under 60 s, memory under 4 GiB.
"""

import argparse
import json
import sys
import tempfile
from datetime import date, timedelta
from pathlib import Path

import duckdb
from measure import run

ROOT = Path(__file__).parents[2]
DAYS, ITEMS, PAGE, TRACKS = 10, 5, 100, 20_000
GENRE = "['Rock', 'Pop', 'Jazz'][n % 3 + 1]"
ROWS = {
    "tracks": f"""'id': n, 'name': 'word' || n % 900, 'artist': 'Person ' || n, 'songwriters': 'Someone',
        'duration': '03:' || lpad((n % 60)::varchar, 2, '0'), 'genres': {GENRE}, 'album': 'album' || n % 77""",
    "users": f"""'id': 1000000 + n, 'first_name': 'First', 'last_name': 'Last', 'email': 'u' || n || '@example.com',
        'gender': 'Agender', 'favorite_genres': {GENRE}""",
    "listen_history": """'user_id': 1000000 + n, 'items': [hash(n, {seed}) % 4000, 4000 + hash(n, {seed}) % 3999,
        8000 + hash(n, {seed}) % 3998, 12000 + hash(n, {seed}) % 3997, 16000 + hash(n, {seed}) % 3996]""",
}


def generate(folder: Path, listens: int) -> None:
    """Write every day's three listings; tracks and users stay, histories begin anew each day."""
    users = listens // DAYS // ITEMS
    for number in range(DAYS):
        day = date(2025, 5, 1) + timedelta(number)
        (folder / str(day)).mkdir(parents=True)
        for route, row in ROWS.items():
            total = TRACKS if route == "tracks" else users
            born = day if route == "listen_history" else date(2024, 1, 1)
            moment = f"'{born}T08:00:00.' || lpad((n % 1000000)::varchar, 6, '0')"
            fields = row.replace("{seed}", str(number))
            duckdb.execute(f"""
                copy (
                    select list(row order by n) as items, {total} as total, place + 1 as page, {PAGE} as size,
                        ceil({total} / {PAGE})::bigint as pages
                    from (
                        select n, n // {PAGE} as place,
                            {{{fields}, 'created_at': {moment}, 'updated_at': {moment}}} as row
                        from range({total}) as numbers(n)
                    ) group by place
                ) to '{folder / str(day) / f"{route}.pages.jsonl"}' (format json)
            """)


def timed(name: str, command: list[str], environment: dict[str, str]) -> float:
    """Run a command; print what it took and return its seconds."""
    spent = run(command, environment)
    print(f"{name:<8}{spent}", flush=True)
    return spent.wall


def slowest(target: Path, most: int = 6) -> list[str]:
    """The models that took longest, with their seconds."""
    results = json.loads((target / "run_results.json").read_text())["results"]
    ranked = sorted(results, key=lambda result: -result["execution_time"])
    return [f"{result['unique_id'].split('.')[-1]} {result['execution_time']:.1f} s" for result in ranked[:most]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--listens", type=int, default=10_000_000)
    parser.add_argument("--folder", type=Path, help="Where to work; a temporary folder without it.")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="crescendo-bench-", dir=options.folder) as name:
        folder = Path(name)
        generate(folder / "landing", options.listens)
        size = sum(path.stat().st_size for path in folder.rglob("*.jsonl"))
        print(f"{options.listens:,} listens, {size / 1e6:,.0f} MB of pages")
        own = {"CRESCENDO_DB": str(folder / "b.duckdb"), "DBT_TARGET_PATH": str(folder / "target")}
        environment = own | {"DBT_LOG_PATH": str(folder / "logs")}
        load = [sys.executable, "-m", "crescendo.cli", "load"]
        histories = sorted(str(path) for path in folder.rglob("listen_history*"))
        seconds = timed("listens", [*load, *histories], environment)
        print(f"        {options.listens / seconds:12,.0f} listens a second")
        timed("rest", [*load, str(folder / "landing")], environment)
        dbt = [sys.executable, "-m", "dbt.cli.main", "build", "--project-dir", str(ROOT), "--profiles-dir", str(ROOT)]
        met = [f"int_{part}_received+" for part in ("subjects", "observations", "memberships")]
        kinds = ["--resource-types", "model", "seed", "--exclude", *met]
        models = ["--select", "path:models/staging/moovitamix+", "stg_load_audit__loads", "reference_genres"]
        timed("models", [*dbt, *kinds, *models], environment)
        print(f"        slowest: {', '.join(slowest(folder / 'target'))}")
        with duckdb.connect(str(folder / "b.duckdb"), read_only=True) as warehouse:
            [(count,)] = warehouse.execute("select count(*) from listening.fct_listen_snapshots").fetchall()
        print(f"{count:,} listens in fct_listen_snapshots")


if __name__ == "__main__":
    main()
