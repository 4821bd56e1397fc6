"""Growth over any window at 50 million observations: what a build costs, and what an answer costs beside the usual way.

The warehouse is filled up to `int_observations_unioned` and `dim_subjects`; from there on dbt builds the models.
The others answer less (first and last value, growth, gain, percent, count) from the same rows, in the layout that suits
them best. They have an environment of their own; the repository's root is the working directory:

    python3 -m venv .venv-bench
    .venv/bin/uv pip install --python .venv-bench/bin/python --require-hashes --requirement requirements-bench.txt
    .venv-bench/bin/python scripts/bench/growth.py --series 30000 --days 1755   # without options a quick look
"""

import argparse
import json
import os
import resource
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import date, timedelta
from multiprocessing import get_context
from pathlib import Path
from statistics import median

import duckdb
from measure import built, run

SEEDS = ["metric_catalog", "platforms", "growth_statuses"]
MODELS = ["stg_load_audit__judged_series", "stg_load_audit__judged_codes", "stg_load_audit__held_observations"]
MODELS += ["stg_load_audit__judgements"]
MODELS += ["int_series_fingerprinted", "int_metrics_uncatalogued", "dim_dates", "dim_metrics", "dim_platforms"]
MODELS += ["dim_series", "int_series_ruled", "int_series_changed", "int_changes_appended"]
MODELS += ["int_changes_explained", "int_changes_dated", "int_storage_scattered"]
MODELS += ["int_judging_planned", "int_series_carried", "int_series_touched", "int_observations_touched"]
MODELS += ["int_observations_keyed"]
MODELS += ["int_falls_surrounded", "int_runs_contradicted", "int_excursions_found", "int_observations_judged"]
MODELS += ["int_observations_compared", "fct_observations", "int_observations_renewed", "int_series_planned"]
MODELS += ["fct_silences", "int_ends_observed", "int_ends_unconfirmed", "int_series_turns"]
MODELS += ["platform_completeness", "int_series_described", "dim_growth_statuses", "judged_series_growth"]
MODELS += ["series_growth"]
TEST = "observations_are_stored_by_day"
LENGTHS = {"7 days": 7, "1 year": 365, "4 years": 1461}
GIB = 2**20  # of ru_maxrss, which counts KiB

# Two counters for each index; some series begin late, fall silent, end early, leap or are corrected: the models
# judge all of that, so a clean series would be timed too kindly.
FILL = """
create schema intermediate;
create schema metrics;
create schema audience;
-- where else a metric or a platform may be named
create table audience.fct_place_observations (metric_id varchar);
create table audience.dim_charts (platform varchar);
create table audience.dim_playlists (platform varchar);
create temp table drawn as
    select
        i,
        (hash(i * 7 + 1) % 1000000) / 1e6 as u,
        (hash(i * 7 + 2) % 1000000) / 1e6 as v,
        (hash(i * 7 + 3) % 1000000) / 1e6 as w,
        ['spotify:streams', 'youtube:views', 'spotify:popularity'][i % 3 + 1] as metric_id,
        'song:' || i // 3 as subject_id
    from range({series}) as numbers (i);
create table intermediate.int_observations_unioned as
    select
        subject_id,
        metric_id,
        date '2021-01-01' + cast(n as integer) as observed_date,
        case
            when i % 3 = 2 then round(50 + 40 * sin(n / 200.0 + 6 * u) + hash(i * 100003 + n) % 3)
            else floor((500 + exp(9 + 6 * (u + v + w - 1.5))) * (n + 100 + 30 * sin(n / 58.0)) * case
                when hash(i * 100003 + n) % 20000 = 0 then 1.8
                when hash(i * 100003 + n) % 5000 = 1 then 0.999
                else 1
            end)
        end as value,
        0.0::double as linked_value,
        false as is_restated
    from drawn, range({days}) as numbered (n)
    where
        n >= if(w < 0.08, v * 0.8 * {days}, 0)
        and n < {days} - if(u < 0.5, u * 28, 0)
        and hash(i * 100003 + n + 7) % 100 <> 0
        and not (v < 0.05 and n between w * {days} and w * {days} + 40);
create table metrics.dim_subjects as
    select
        'song:' || n as subject_id,
        'song' as subject_type,
        'Song ' || n as name,
        date '2021-01-01' + cast(hash(n) % {days} as integer) as began_on,
        false as is_composed
    from range(({series} + 2) // 3) as numbers (n);
"""
LAG = """
with steps as (
    select
        series_id,
        observed_date,
        value,
        value - {lag} over (partition by series_id order by observed_date{frame}) as step
    from {table}
    where observed_date between '{start}' and '{end}'{only}
)
select
    series_id,
    {first}(value, observed_date) as start_value,
    {last}(value, observed_date) as end_value,
    sum(step) as growth,
    sum(greatest(step, 0)) as gained,
    100 * sum(step) / nullif({first}(value, observed_date), 0) as growth_pct,
    count(*) as observed_days
from steps
group by series_id
"""
IN_DUCKDB = {
    "lag": "lag(value)",
    "frame": "",
    "first": "arg_min",
    "last": "arg_max",
    "table": "metrics.fct_observations",
}
IN_CLICKHOUSE = {
    "table": "bench.observations",
    "lag": "lagInFrame(toNullable(value))",
    "frame": " rows between unbounded preceding and current row",
    "first": "argMin",
    "last": "argMax",
}

Window = tuple[date, date]
Answer = Callable[[date, date, int | None], object]


def opened(path: Path, read_only: bool = True) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(str(path), read_only=read_only)
    connection.execute("set enable_progress_bar = false")
    return connection


def fill(path: Path, series: int, days: int) -> int:
    """Write the input of the spine; returns its number of observations."""
    with opened(path, read_only=False) as connection:
        connection.execute("set preserve_insertion_order = false")
        connection.execute(FILL.format(series=series, days=days))
        return connection.sql("select count(*) from intermediate.int_observations_unioned").fetchone()[0]


def build(folder: Path, path: Path, more: tuple[str, ...] = ()) -> dict[str, float]:
    """Build the models, and more, and test their order, as `crescendo build` does.

    Returns seconds by node, `cpu` and `wall` seconds, `peak` KiB.
    """
    own = {"CRESCENDO_DB": str(path), "DBT_TARGET_PATH": str(folder / "target"), "DBT_LOG_PATH": str(folder / "logs")}
    if not (folder / "target").is_dir():
        run(built("parse"), own)  # what a project has done that was built before
    nodes = json.loads((folder / "target" / "manifest.json").read_text())["nodes"]
    names = {*SEEDS, *MODELS, *more, TEST}
    wanted = [key for key, node in nodes.items() if node["name"] in names and node["resource_type"] != "unit_test"]
    spent = run(built("build", wanted=wanted), own)
    results = json.loads((folder / "target" / "run_results.json").read_text())["results"]
    seconds = {result["unique_id"].split(".")[2]: result["execution_time"] for result in results}
    return seconds | {"cpu": spent.cpu, "peak": spent.memory * 1024, "wall": spent.wall}


def operators(folder: Path, path: Path) -> list[tuple[str, float]]:
    """CPU seconds of `fct_observations` by kind of step, the dearest first: its query once more, profiled."""
    query = (folder / "target/compiled/crescendo/models/metrics/fct_observations.sql").read_text()
    spent: dict[str, float] = {}

    def add(node: dict) -> None:
        kind = node.get("operator_type", "")
        spent[kind] = spent.get(kind, 0) + node.get("operator_timing", 0)
        for child in node.get("children", []):
            add(child)

    with opened(path) as connection:
        connection.execute("set enable_profiling = 'json'")
        connection.execute(f"set profiling_output = '{folder / 'profile.json'}'")
        connection.execute(f"create temp table again as {query}")
    add(json.loads((folder / "profile.json").read_text()))
    return sorted(((kind, seconds) for kind, seconds in spent.items() if kind), key=lambda item: -item[1])


def statement(start: date, end: date, only: int | None) -> str:
    one = "" if only is None else f" where series_id = {only}"
    return f"from metrics.series_growth('{start}', '{end}'){one}"


def ours(path: Path, _: Path) -> Answer:
    connection = opened(path)
    return lambda *window: connection.execute(statement(*window)).to_arrow_table()


def prepared(path: Path, _: Path) -> Answer:
    """The same, planned once: what a service pays that asks again."""
    connection, names = opened(path), {}

    def answer(start: date, end: date, only: int | None) -> object:
        text = statement(start, end, only)
        if text not in names:
            names[text] = f"question_{len(names)}"
            connection.execute(f"prepare {names[text]} as {text}")
        return connection.execute(f"execute {names[text]}").to_arrow_table()

    return answer


def in_duckdb(path: Path, _: Path) -> Answer:
    connection = opened(path)

    def answer(start: date, end: date, only: int | None) -> object:
        one = "" if only is None else f" and series_id = {only}"
        return connection.execute(LAG.format(start=start, end=end, only=one, **IN_DUCKDB)).to_arrow_table()

    return answer


def in_clickhouse(_: Path, rows: Path) -> Answer:
    from chdb.session import Session

    session = Session(str(rows.parent / "clickhouse"))
    session.query("create database bench")
    session.query(
        "create table bench.observations (series_id Int64, observed_date Date, value Float64) engine = MergeTree"
        " partition by toYear(observed_date) order by (series_id, observed_date)"
    )
    session.query(f"insert into bench.observations select * from file('{rows}', Parquet)")
    session.query("optimize table bench.observations final")

    def answer(start: date, end: date, only: int | None) -> object:
        one = "" if only is None else f" and series_id = {only}"
        text = LAG.format(start=start, end=end, only=one, **IN_CLICKHOUSE)
        return session.query(text, "ArrowTable")

    return answer


def in_polars(_: Path, rows: Path) -> Answer:
    import polars

    frame = polars.read_parquet(rows).sort("series_id", "observed_date")
    series, day, value = polars.col("series_id"), polars.col("observed_date"), polars.col("value")
    step = polars.col("step")

    def answer(start: date, end: date, only: int | None) -> object:
        kept = day.is_between(start, end) if only is None else day.is_between(start, end) & (series == only)
        steps = frame.lazy().filter(kept).with_columns(step=value - value.shift(1).over("series_id"))
        found = steps.group_by("series_id").agg(
            start_value=value.first(),
            end_value=value.last(),
            growth=step.sum(),
            gained=step.clip(0).sum(),
            observed_days=polars.len(),
        )
        return found.with_columns(growth_pct=100 * polars.col("growth") / polars.col("start_value")).collect()

    return answer


def in_pandas(_: Path, rows: Path) -> Answer:
    import pandas

    frame = pandas.read_parquet(rows).sort_values(["series_id", "observed_date"], ignore_index=True)
    frame["observed_date"] = pandas.to_datetime(frame["observed_date"])

    def answer(start: date, end: date, only: int | None) -> object:
        kept = frame["observed_date"].between(pandas.Timestamp(start), pandas.Timestamp(end))
        steps = frame[kept if only is None else kept & (frame["series_id"] == only)].copy()
        steps["step"] = steps.groupby("series_id", sort=False)["value"].diff()
        steps["rise"] = steps["step"].clip(lower=0)
        groups = steps.groupby("series_id", sort=False)
        found = groups.agg(
            start_value=("value", "first"),
            end_value=("value", "last"),
            growth=("step", "sum"),
            gained=("rise", "sum"),
            observed_days=("value", "size"),
        )
        return found.assign(growth_pct=100 * found["growth"] / found["start_value"])

    return answer


PEERS = {
    "crescendo, all columns": ours,
    "crescendo, prepared": prepared,
    "lag in DuckDB": in_duckdb,
    "lag in ClickHouse": in_clickhouse,
    "Polars": in_polars,
    "pandas": in_pandas,
}


def export(path: Path, rows: Path) -> tuple[date, int]:
    """Write what the others start from; returns the day on which the windows end, and one series."""
    with opened(path) as connection:
        connection.execute(
            "copy (select series_id, observed_date, value from metrics.fct_observations order by all)"
            f" to '{rows}' (format parquet)"
        )
        return connection.sql(
            "select min(complete_through_date), (select min(series_id) from metrics.dim_series)"
            " from metrics.platform_completeness"
        ).fetchone()


def measure(peer: str, path: Path, rows: Path, questions: list[tuple[date, date, int | None]]) -> dict:
    """Ask each question warm, nine times (three where one answer takes over a second)."""
    answer, found = PEERS[peer](path, rows), []
    for question in questions:
        taken: list[tuple[float, float]] = []
        answer(*question)
        while len(taken) < (3 if taken and taken[0][0] > 1 else 9):
            wall, cpu = time.perf_counter(), time.process_time()
            count = len(answer(*question))
            taken.append((time.perf_counter() - wall, time.process_time() - cpu))
        found.append([1e3 * median(column) for column in zip(*taken, strict=True)] + [count])
    return {"answers": found, "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}


def apart(function: Callable, *arguments: object) -> object:
    """Call in a process of its own: a child's peak begins at its parent's, so the parent has to stay small."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(function, *arguments).result()


def load() -> str:
    return f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"


def tell_build(spent: dict[str, float]) -> None:
    total = sum(spent[model] for model in MODELS)
    print(f"build: {total:.0f} s ({spent['cpu']:.0f} s of CPU), peak {spent['peak'] / GIB:.1f} GiB")
    for model in sorted(MODELS, key=lambda model: -spent[model]):
        print(f"  {model:<24}{spent[model]:>8.2f} s")
    print("  what a new day costs after it: scripts/bench/days.py", flush=True)


def tell_steps(profile: list[tuple[str, float]]) -> None:
    whole = sum(seconds for _, seconds in profile)
    shares = ", ".join(f"{kind} {100 * seconds / whole:.0f} %" for kind, seconds in profile[:5])
    print(f"  fct_observations by step: {shares}", flush=True)


def tell_answers(answers: dict[str, dict], names: list[str]) -> None:
    head = "".join(f"{name:>12}{'CPU':>8}{'ratio':>8}" for name in names)
    print(f"{'milliseconds, warm':<24}{head}{'GiB':>7}")
    mine = answers["crescendo, all columns"]["answers"]
    for peer, measured in answers.items():
        cells = [
            f"{wall:>12.1f}{cpu:>8.0f}{wall / base:>7.1f}x"
            for (wall, cpu, _), (base, _, _) in zip(measured["answers"], mine, strict=True)
        ]
        print(f"{peer:<24}{''.join(cells)}{measured['peak'] / GIB:>7.1f}")
    counts, blank = [f"{count:,}" for _, _, count in mine], ""
    print(f"{'rows of crescendo':<24}{''.join(f'{count:>12}{blank:>16}' for count in counts)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--series", type=int, default=3000)
    parser.add_argument("--days", type=int, default=1755)
    parser.add_argument("--peers", nargs="*", choices=list(PEERS)[1:], default=list(PEERS)[1:])
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="crescendo-bench-") as name:
        folder = Path(name)
        path, rows = folder / "growth.duckdb", folder / "rows.parquet"
        count = apart(fill, path, asked.series, asked.days)
        print(f"{count:,} observations of {asked.series:,} series; {load()}", flush=True)
        tell_build(build(folder, path))
        tell_steps(apart(operators, folder, path))
        end, one = apart(export, path, rows)
        questions = [(end - timedelta(days), end, None) for days in LENGTHS.values()]
        questions.append((end - timedelta(365), end, one))
        answers = {peer: apart(measure, peer, path, rows, questions) for peer in [next(iter(PEERS)), *asked.peers]}
        tell_answers(answers, [*LENGTHS, "one series"])
        print(f"targets: build 90 s and 8 GiB; any window 150 ms, one series 10 ms; 5x over a year; {load()}")


if __name__ == "__main__":
    main()
