"""What monitoring costs: the share of a build, after 10, 100 and 1,000 runs before, and an evaluation of the rules.

    python scripts/bench/watch.py FOLDER

FOLDER holds a project that `crescendo build` has built, with its target/. It is copied, not changed. The runs before
are copies of its last one, four a day; CPU seconds are said, since other work on the machine does not change them.
"""

import json
import shutil
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
from crescendo.ingest.ledger import FileResult
from crescendo.ingest.load import LoadResult
from crescendo.operations import journal, measure, rules, store
from crescendo.operations.watch import watch

RUNS = (10, 100, 1000)
A_DAY = 4
ROOT = Path(__file__).parents[2]


def history(connection: duckdb.DuckDBPyConnection, runs: int) -> None:
    """Make the tables hold so many runs before now, each like the last one."""
    now = datetime.now(UTC).replace(tzinfo=None)
    [(last,)] = connection.execute("select max(run_id) from operations.runs where verb = 'build'").fetchall()
    for name in store.TABLES:
        if name == "observations":
            continue
        moment = "started_at" if name == "runs" else "noted_at"
        connection.execute(f"create or replace temp table one as from operations.{name} where run_id = '{last}'")
        connection.execute(f"delete from operations.{name}")
        ended = ", ended_at = started_at, outcome = 'ok', seconds = 60" if name == "runs" else ""
        connection.execute(f"update one set {moment} = timestamp '{now}'{ended}")
        connection.execute(f"""
            insert into operations.{name} select * exclude (n) replace ('{name}' || lpad(n::varchar, 6, '0') as run_id,
                {moment} - ({runs} - n) * interval {24 // A_DAY} hour as {moment}) from one, range({runs}) as r (n)""")
        connection.execute(f"update operations.{name} set run_id = replace(run_id, '{name}', '2')")
    days = [now.date() - timedelta(back) for back in range(runs // A_DAY + 2)]
    store.observe(connection, days)


def loaded(connection: duckdb.DuckDBPyConnection) -> LoadResult:
    """The last load, as it was told when it was made."""
    rows = connection.execute("""
        select path, size_bytes, status, source, document, content_sha256, _file_id, records_in, records_loaded,
            rows_loaded
        from load_audit.files where is_current""").fetchall()
    files = []
    for path, size, status, source, document, digest, file_id, *counts in rows:
        one = FileResult(path, size, status, "", source or "", document or "", digest or "", file_id)
        one.counts |= dict(zip(("records_in", "records_loaded", "rows_loaded"), counts, strict=True))
        files.append(one)
    [(load_id,)] = connection.execute("select max(_load_id) from load_audit.loads").fetchall()
    return LoadResult(load_id, files)


def cpu(work, *words) -> tuple[float, float]:
    began, wall = time.process_time(), time.perf_counter()
    work(*words)
    return time.process_time() - began, time.perf_counter() - wall


def a_run(file: Path, target: Path) -> tuple[float, float]:
    """Do what a build does for its own measures, and nothing else; returns its CPU seconds and its seconds.

    The connections are open in any case: a build asks one what is stale, and notes by the other that it has built. What
    is written is stored when they close, which is counted.
    """
    with journal.run("build", file) as run:
        connection = duckdb.connect(str(file))
        before = cpu(_before_dbt, run, connection, file, loaded(connection))
        connection = duckdb.connect(str(file))
        after = cpu(_after_dbt, run, connection, file, target)
    return before[0] + after[0], before[1] + after[1]


def _before_dbt(run: journal.Run, connection: duckdb.DuckDBPyConnection, file: Path, brought: LoadResult) -> None:
    measure.loaded(run, connection, brought)
    measure.disk(run, file)
    store.fill(connection, file)
    connection.close()


def _after_dbt(run: journal.Run, connection: duckdb.DuckDBPyConnection, file: Path, target: Path) -> None:
    connection.execute("set threads = 1")
    measure.built(run, connection, target)
    store.fill(connection, file)
    connection.close()


def domain_share(target: Path) -> tuple[float, float]:
    """Seconds of dbt's threads in the nodes of the domain `operations`, and in all."""
    nodes = json.loads((target / "manifest.json").read_text())["nodes"]
    own = whole = 0.0
    for result in json.loads((target / "run_results.json").read_text())["results"]:
        whole += result["execution_time"]
        node = nodes.get(result["unique_id"], {})
        of = node.get("attached_node") or result["unique_id"]
        place = nodes.get(of, node).get("original_file_path", "")
        if "/operations/" in place or "alert_rules" in place or "holidays" in place:
            own += result["execution_time"]
    return own, whole


def main(folder: Path) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        target, file = folder / "target", Path(temporary) / "crescendo.duckdb"
        own, whole = domain_share(target)
        print(f"models and tests of the domain: {own:.2f} of {whole:.1f} thread seconds of dbt, {own / whole:.1%}")
        with duckdb.connect(str(folder / "crescendo.duckdb"), read_only=True) as connection:
            phases = "select sum(cpu_seconds), max(cpu_seconds) filter (phase = 'transform') from operations.phases"
            [(build, of_dbt)] = connection.execute(phases).fetchall()
        modelled = own / whole * of_dbt / build
        print(f"a build of these files: {build:.1f} s of CPU, {of_dbt:.1f} of them in dbt")
        applied = rules.read(ROOT / "seeds" / "alert_rules.csv")
        for runs in RUNS:
            shutil.copy(folder / "crescendo.duckdb", file)
            with duckdb.connect(str(file)) as connection:
                history(connection, runs)
            took, wall = min(a_run(file, target) for _ in range(3))
            watched, watched_wall = min(cpu(lambda: watch(file, applied=applied)) for _ in range(2))
            share = took / build + modelled
            print(f"{runs:>5} runs before: measuring {took:.2f} s of CPU, {wall:.2f} s, with its models {share:.1%} of"
                  f" the build; watch {watched:.2f} s of CPU, {watched_wall:.2f} s")  # fmt: skip


if __name__ == "__main__":
    main(Path(sys.argv[1]))
