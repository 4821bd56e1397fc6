"""What one more day costs after histories of several lengths: the models of the spine, beside what a table alone takes.

Each history is filled as in growth.py, without its newest day, and built by dbt. Then that day comes, then 35 restated
days of one series in a hundred, and dbt builds after each. The peers write one narrow table of the same rows:

    .venv/bin/python scripts/bench/days.py --series 30000 --days 176 880 1755   # without options a quick look
"""

import argparse
import tempfile
import time
from pathlib import Path

import duckdb
from growth import GIB, MODELS, apart, build, fill, load, opened

OBSERVATIONS = "intermediate.int_observations_unioned"
HOLD = f"""
create schema bench;
create table bench.new_day as
    select * from {OBSERVATIONS} where observed_date = (select max(observed_date) from {OBSERVATIONS});
delete from {OBSERVATIONS} where observed_date = (select any_value(observed_date) from bench.new_day);
"""
ARRIVE = f"insert into {OBSERVATIONS} select * from bench.new_day"
# all values of 35 days move, as after a recount; one series in a hundred
RESTATE = f"""
update {OBSERVATIONS} set value = value + 7
where hash(subject_id || metric_id) % 100 = 0
    and observed_date > (select any_value(observed_date) - 36 from bench.new_day)
"""
NARROW = "select series_id, observed_date, value, running_gain from metrics.fct_observations"
# dbt writes a model's new rows to a table first, and deletes what has the same key
KEYED = "delete from bench.narrow using bench.day where narrow.series_id = day.series_id and narrow.observed_date = day"
PEERS = {
    "the table anew": [f"create table bench.again as {NARROW} order by observed_date, series_id"],
    "dbt's delete+insert": [f"{KEYED}.observed_date", "insert into bench.narrow from bench.day"],
    "the same with the day's predicate": [
        f"{KEYED}.observed_date and narrow.observed_date >= '{{day}}'",
        "insert into bench.narrow from bench.day",
    ],
    "append": ["insert into bench.narrow from bench.day"],
}


def hold_back(path: Path) -> int:
    """Set the newest day aside; returns how many observations it has."""
    with opened(path, read_only=False) as connection:
        connection.execute(HOLD)
        return connection.sql("select count(*) from bench.new_day").fetchone()[0]


def run(path: Path, statement: str) -> None:
    """One statement on the warehouse."""
    with opened(path, read_only=False) as connection:
        connection.execute(statement)


def peers(path: Path) -> dict[str, float]:
    """Seconds in which DuckDB alone takes up the new day, each way from the same table."""
    found = {}
    for name, statements in PEERS.items():
        with opened(path, read_only=False) as connection:
            day = _narrow(connection)
            started = time.perf_counter()
            for statement in statements:
                connection.execute(statement.format(day=day))
            found[name] = time.perf_counter() - started
            connection.execute("drop table if exists bench.again")
    return found


def _narrow(connection: duckdb.DuckDBPyConnection) -> str:
    """Write the table that the peers change, and the rows of its newest day; returns that day."""
    connection.execute(f"create or replace table bench.narrow as {NARROW} order by observed_date, series_id")
    connection.execute(
        "create or replace table bench.day as"
        " select * from bench.narrow where observed_date = (select max(observed_date) from bench.narrow)"
    )
    return str(connection.sql("select max(observed_date) from bench.day").fetchone()[0])


def measure(folder: Path, series: int, days: int) -> None:
    """Fill, build and print one history."""
    path = folder / f"days_{days}.duckdb"
    count = apart(fill, path, series, days + 1)
    added = apart(hold_back, path)
    print(f"{count - added:,} observations of {series:,} series, then a day of {added:,}; {load()}", flush=True)
    for name, statement in {"the first build": "", "a new day": ARRIVE, "35 restated days": RESTATE}.items():
        if statement:
            apart(run, path, statement)
        spent = build(folder, path)
        total = sum(spent[model] for model in MODELS)
        print(
            f"  {name:<36}{total:>8.2f} s of models{spent['wall']:>8.1f} s in all{spent['cpu']:>8.1f} CPU s"
            f"{spent['peak'] / GIB:>7.1f} GiB",
            flush=True,
        )
    for name, seconds in apart(peers, path).items():
        print(f"  {name:<36}{1e3 * seconds:>8.0f} ms", flush=True)
    path.unlink()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--series", type=int, default=3000)
    parser.add_argument("--days", type=int, nargs="+", default=[176, 880])
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="crescendo-bench-") as name:
        for days in asked.days:
            measure(Path(name), asked.series, days)
    print("a new day: a pass over what was received, then the series it touches; targets 3 s of models, 8 s in all")


if __name__ == "__main__":
    main()
