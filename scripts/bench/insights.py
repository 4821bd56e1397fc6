"""Movers over any window at 50 million observations: what a question costs, beside the growth of each series.

The spine is that of growth.py, with an artist for every ten songs. The repository's root is the working directory:

    .venv/bin/python scripts/bench/insights.py --series 30000 --days 1755   # without options a quick look
"""

import argparse
import resource
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from statistics import median

import growth

MODELS = ("int_series_grouped", "int_mover_parts", "dim_movers", "bridge_movers_x_series", "series_moves")
MODELS += ("grouped_moves", "movers", "spikes", "milestones")
LENGTHS = {"1 day": 1, "7 days": 7, "28 days": 28, "1 year": 365, "4 years": 1461}
GROUPS = """
alter table metrics.dim_subjects add column counted_by varchar;
insert into metrics.dim_subjects
select 'artist:' || n, 'artist', 'Artist ' || n, null, false, null from range({artists}) as numbers (n);
create table intermediate.int_memberships_received as
    select
        subject_id,
        'artist:' || hash(subject_id) % {artists} as group_id,
        'artist' as group_type,
        1.0::double as weight,
        true as counts
    from metrics.dim_subjects where subject_type = 'song';
"""
TARGET = 500


def fill(path: Path, series: int, days: int) -> int:
    """Write the spine's input and its groups; returns the number of observations."""
    count = growth.fill(path, series, days)
    with growth.opened(path, read_only=False) as connection:
        connection.execute(GROUPS.format(artists=max(1, series // 30)))
    return count


def last_day(path: Path) -> date:
    with growth.opened(path) as connection:
        return connection.sql("select min(complete_through_date) from metrics.platform_completeness").fetchone()[0]


def ask(path: Path, statements: list[str]) -> list[tuple[float, float, int]]:
    """Milliseconds, CPU milliseconds and rows of each statement, warm: the medians of five, written to a table."""
    found = []
    with growth.opened(path) as connection:
        for statement in statements:
            taken = []
            for _ in range(6):
                wall, cpu = time.perf_counter(), time.process_time()
                [(rows,)] = connection.execute(f"create or replace temp table answer as {statement}").fetchall()
                taken.append((time.perf_counter() - wall, time.process_time() - cpu))
            found.append((*(1e3 * median(column) for column in zip(*taken[1:], strict=True)), rows))
    print(f"peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / growth.GIB:.1f} GiB")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--series", type=int, default=3000)
    parser.add_argument("--days", type=int, default=1755)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="crescendo-bench-") as name:
        folder = Path(name)
        path = folder / "bench.duckdb"
        count = growth.apart(fill, path, asked.series, asked.days)
        print(f"{count:,} observations of {asked.series:,} series; {growth.load()}", flush=True)
        spent = growth.build(folder, path, MODELS)
        ours = {model: spent[model] for model in MODELS}
        print("build, seconds: " + ", ".join(f"{model} {took:.2f}" for model, took in ours.items()), flush=True)
        end = growth.apart(last_day, path)
        windows = {name: f"('{end - timedelta(days)}', '{end}')" for name, days in LENGTHS.items()}
        questions = {
            f"series_growth, {name}": f"from metrics.series_growth{window}" for name, window in windows.items()
        }
        questions |= {f"movers, {name}": f"from insights.movers{window}" for name, window in windows.items()}
        questions |= {f"{name}, 28 days": f"from insights.{name}{windows['28 days']}" for name in MODELS[-2:]}
        for question, (wall, cpu, rows) in zip(
            questions, growth.apart(ask, path, list(questions.values())), strict=True
        ):
            print(f"{question:<28}{wall:>9.0f} ms{cpu:>9.0f} ms CPU{rows:>9,} rows")
        print(f"target of movers: {TARGET} ms; {growth.load()}")


if __name__ == "__main__":
    main()
