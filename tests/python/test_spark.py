"""The same models on Spark hold what they hold in DuckDB: every table, every value. Run by `make spark-test`.

CRESCENDO_SPARK_WINDOWS says over how many windows each function is asked, 50 if it is not set.
CRESCENDO_SPARK_SONGS=12320 does the same with a full report, which needs more memory: CRESCENDO_SPARK_MEMORY=7g.
"""

import json
import os
import random
import shutil
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest
from conftest import ROOT, crescendo, dbt, project_in
from crescendo.publish.files import publish_files
from crescendo.spark.compare import KNOWN, Compared, compare, compare_all, functions
from crescendo.warehouse import one

PYTHON = ROOT / ".venv-spark" / "bin" / "python"
WINDOWS = int(os.environ.get("CRESCENDO_SPARK_WINDOWS", "50"))
NOTES = (
    "judged_codes", "judged_series", "judgements", "replaced_observations", "taken_film_days", "taken_lead_rows",
    "taken_plans",
)  # fmt: skip
needs_spark = pytest.mark.skipif(
    not (ROOT / ".venv-spark" / ".ready").is_file(), reason="`make .venv-spark/.ready` installs Spark"
)


def drawn_windows(count: int, first: date, last: date) -> list[tuple[date, date]]:
    """Windows from a seed: of one day, within the data, to an end after it, from before it, and around all of it."""
    draw = random.Random("windows on Spark")
    days = (last - first).days
    kinds = [
        lambda: (end := draw.randrange(days + 1), end + 1),
        lambda: sorted(draw.sample(range(days + 1), 2)),
        lambda: (draw.randrange(days), days + draw.randrange(1, 60)),
        lambda: (-draw.randrange(1, 60), draw.randrange(1, days)),
        lambda: (-draw.randrange(30), days + draw.randrange(30)),
    ]
    drawn = [kinds[number % len(kinds)]() for number in range(count)]
    # and two that touch no day of it, after one of each kind
    drawn[len(kinds) : len(kinds)] = [(-40, -12), (days + 100, days + 107)]
    return [(first + timedelta(start), first + timedelta(end)) for start, end in drawn[:count]]


def calls(warehouse: Path, manifest: dict, count: int) -> list[tuple[str, list[str]]]:
    """Each function over each window; one that has an end only, or a moment, is asked by the window's end."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        # a hundredth of the observations is before these days, and a hundredth after: a few series are years long
        ends = "quantile_disc(observed_date, 0.01), quantile_disc(observed_date, 0.99)"
        windows = drawn_windows(count, *one(connection, f"select {ends} from metrics.fct_observations"))
    asked = []
    for name, parameters in functions(manifest).items():
        for number, (start, end) in enumerate(windows):
            # the data is of days before any build, by which nothing was known: the first moment is after all builds
            known_at = end if number else end + timedelta(36_500)
            values = {"from_date": start, "to_date": end, "as_known_at": known_at}
            asked.append((name, [str(values[parameter]) for parameter in parameters]))
    return asked


def forget_what_was_taken(warehouse: Path) -> None:
    """Take out what a build notes for the next one: Spark notes nothing, and makes all anew each time."""
    with duckdb.connect(str(warehouse)) as connection:
        for table in NOTES:
            connection.execute(f"delete from load_audit.{table}")


def on_both(
    folder: Path, environment: dict[str, str], count: int
) -> tuple[list[Compared], dict[str, str], list[float]]:
    """Build a warehouse that is in `folder` on Spark, too, and compare: tables, and functions over `count` windows.

    Returns what was compared, why what was not is not there, and the seconds of processor time that Spark took. Both
    engines build from the same raw tables. What a build notes of itself is among them, so DuckDB builds once more, too.
    """
    environment |= {"SPARK_LOCAL_IP": "127.0.0.1", "CRESCENDO_RAW": str(folder / "raw")}
    forget_what_was_taken(folder / "crescendo.duckdb")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("CRESCENDO_DB", str(folder / "crescendo.duckdb"))
        patch.setenv("DBT_TARGET_PATH", str(folder / "target"))
        publish_files(folder, "raw")
    done = dbt(folder, environment, "run")
    assert not done.returncode, done.stdout[-3000:]
    forget_what_was_taken(folder / "crescendo.duckdb")
    manifest = json.loads((folder / "target" / "manifest.json").read_text())
    asked = calls(folder / "crescendo.duckdb", manifest, count)
    (folder / "asked.json").write_text(json.dumps(asked))
    del environment["DBT_PARTIAL_PARSE_FILE_PATH"]  # of another adapter
    environment["DBT_TARGET_PATH"] = str(folder / "spark")
    words = ["build", "--exclude", "resource_type:test", "resource_type:unit_test"]
    command = [PYTHON, "-m", "crescendo.spark", folder, *words]
    subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)
    with duckdb.connect(str(folder / "crescendo.duckdb"), read_only=True) as connection:
        compared, absent = compare_all(connection, manifest, folder)
    return compared, absent, json.loads((folder / "report.json").read_text())["cpu_seconds"]


def tell(compared: list[Compared], absent: dict[str, str], cpu_seconds: list[float]) -> None:
    """Say on the console what was found."""
    lines = [f"{len(compared)} relations and answers compared:", *map(str, compared)]
    lines += [f"{len(absent)} are not there:"]
    lines += [f"{name}: {' '.join(reason.split())[:200]}" for name, reason in absent.items()]
    lines += ["{} s of processor time to build, {} s with all that is compared".format(*cpu_seconds)]
    sys.stdout.write("\n" + "\n".join(lines) + "\n")


@pytest.mark.spark
@needs_spark
def test_every_table_and_answer_is_there_and_equal_but_those_that_cannot_be(built, tmp_path, capsys):
    for name in ("crescendo.duckdb", "crescendo.duckdb.maskkey"):
        shutil.copy(built / name, tmp_path / name)
    shutil.copytree(built / "target", tmp_path / "target")
    compared, absent, cpu_seconds = on_both(tmp_path, project_in(tmp_path), WINDOWS)
    with capsys.disabled():
        tell(compared, absent, cpu_seconds)
    assert not absent
    # the list of what is known to differ is exact
    assert {found.name for found in compared if found.wrong} == set(KNOWN), [str(f) for f in compared if f.wrong]
    # and something was compared: more tables have rows than are empty
    assert sum(found.rows > 0 for found in compared) > len(compared) / 2


@pytest.mark.spark
@pytest.mark.realdata
@needs_spark
@pytest.mark.skipif("CRESCENDO_REALDATA" not in os.environ, reason="CRESCENDO_REALDATA names no folder")
def test_real_lists_of_films_are_the_same(tmp_path, capsys):
    environment = project_in(tmp_path)
    (tmp_path / "landing").mkdir()
    for path in Path(os.environ["CRESCENDO_REALDATA"], "tmdb_daily_lists").glob("*.json.gz"):
        shutil.copy(path, tmp_path / "landing")
    done = crescendo(tmp_path, environment, "build")
    assert done.returncode == 0, done.stdout + done.stderr
    compared, absent, cpu_seconds = on_both(tmp_path, environment, WINDOWS)
    with capsys.disabled():
        tell(compared, absent, cpu_seconds)
    assert not absent
    assert {found.name for found in compared if found.wrong} <= set(KNOWN), [str(f) for f in compared if f.wrong]
    rows = {found.name: found.rows for found in compared}
    assert rows["staging.stg_tmdb__daily_list_rows"] > 8000
    assert rows["films.fct_movies_daily"] > 4000
    assert rows["metrics.fct_observations"] > 4000
    # windows lie within the lists: functions of songs and artists have no rows, all else has in one window or more
    asked, answered = (
        {found.name.partition("(")[0] for found in compared if "(" in found.name and found.rows >= least}
        for least in (0, 1)
    )
    assert len(answered) > len(asked) / 2


@pytest.mark.spark
@needs_spark
@pytest.mark.skipif("CRESCENDO_SPARK_SONGS" not in os.environ, reason="CRESCENDO_SPARK_SONGS says how many songs")
def test_a_full_report_is_the_same(tmp_path, capsys):
    environment, songs = project_in(tmp_path), os.environ["CRESCENDO_SPARK_SONGS"]
    none = [word for what in ("artists", "listening-days", "lead-days", "film-days") for word in (f"--{what}", "0")]
    for words in (["sample", "--songs", songs, *none, "--days", "390", "--to", "landing"], ["build"]):
        done = crescendo(tmp_path, environment, *words)
        assert done.returncode == 0, done.stdout + done.stderr
    compared, absent, cpu_seconds = on_both(tmp_path, environment, WINDOWS)
    with capsys.disabled():
        tell(compared, absent, cpu_seconds)
    assert not absent
    assert {found.name for found in compared if found.wrong} <= set(KNOWN), [str(f) for f in compared if f.wrong]
    rows = {found.name: found.rows for found in compared}
    assert rows["metrics.fct_observations"] > 300 * int(songs)


def test_windows_are_of_every_kind():
    first, last = date(2025, 1, 1), date(2025, 5, 26)
    windows = drawn_windows(50, first, last)
    assert len(set(windows)) >= 45
    assert all(start < end for start, end in windows)
    assert sum((end - start).days == 1 for start, end in windows) >= 8
    assert any(end < first for _, end in windows) and any(start > last for start, _ in windows)
    assert any(start <= first and end >= last for start, end in windows)
    assert sum(start < first <= end <= last for start, end in windows) >= 8
    assert sum(first <= start <= last < end for start, end in windows) >= 8
    assert windows == drawn_windows(50, first, last)


@pytest.fixture
def folder_of_spark(tmp_path):
    """What a build on Spark left of two tables, a view and an answer, of which one is missing each time."""
    manifest = {"nodes": {}}
    for name, kind in [("t", "table"), ("kept", "view"), ("v", "view"), ("f", "table_function")]:
        config = {"materialized": kind, "parameters": ["to_date"]}
        node = {"resource_type": "model", "schema": "s", "alias": name, "name": name, "config": config}
        manifest["nodes"][name] = node
    (tmp_path / "asked.json").write_text(json.dumps([["s.f", ["2025-01-01"]]]))
    runs = [{"name": "t", "status": "error", "message": "no such word"}]
    (tmp_path / "report.json").write_text(json.dumps({"runs": runs, "refused": {"views/s/v": "too deep"}}))
    connection = duckdb.connect()
    connection.execute("create schema s; create table s.t as select 1 as k; create view s.kept as from s.t")
    connection.execute("create view s.v as from s.t; create macro s.f(to_date) as table select to_date as day")
    for place, query in [("warehouse/s.db/kept", "select 2 as k"), ("answers/0", "select '2025-01-01' as day")]:
        (tmp_path / place).mkdir(parents=True)
        connection.execute(f"copy ({query}) to '{tmp_path / place}/part.parquet' (format parquet)")
    return connection, manifest, tmp_path


def test_what_is_not_there_is_named_with_the_reason(folder_of_spark):
    compared, absent = compare_all(*folder_of_spark)
    assert absent == {"s.t": "error: no such word", "s.v": "too deep"}
    assert {found.name: found.wrong for found in compared} == {
        "s.kept": {"rows of one engine only": 2},
        "s.f('2025-01-01')": {},
    }


def test_functions_are_asked_with_their_own_parameters(folder_of_spark):
    _, manifest, _ = folder_of_spark
    assert functions(manifest) == {"s.f": ["to_date"]}


@pytest.fixture
def two(tmp_path):
    """A table in DuckDB, and what writes another as Parquet for the comparison."""
    connection = duckdb.connect()
    connection.execute(
        "create table ours as select * from (values (1, 'a', 0.1e0), (2, 'b', null), (2, 'c', 3e0)) t(k, t, f)"
    )

    def against(query):
        connection.execute(f"copy ({query}) to '{tmp_path}/part.parquet' (format parquet)")
        return compare(connection, "ours", "ours", tmp_path, ["k"]).wrong

    return against


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ("from ours order by f", {}),
        ("select k, t, f * (1 + 1e-13) as f from ours", {}),
        ("select k, t, f * (1 + 1e-11) as f from ours", {"f": 2}),
        ("select k, t, coalesce(f, 0) as f from ours", {"f": 1}),
        ("select k, upper(t) as t, f from ours", {"t": 3}),
        ("from ours where t <> 'c'", {"rows of one engine only": 1}),
        ("from ours union all from ours where k = 1", {"rows of one engine only": 1}),
        ("select k, t from ours", {"columns of one engine only": 1}),
    ],
)
def test_a_difference_is_found_by_key_and_column(two, query, wrong):
    assert two(query) == wrong


def test_rows_of_which_every_column_is_left_out_are_counted(tmp_path):
    connection = duckdb.connect()
    connection.execute("create table ours as select 1 as raw_fingerprint from range(2)")
    for count, wrong in ((2, {}), (3, {"rows of one engine only": 1})):
        connection.execute(f"copy (select 2 as raw_fingerprint from range({count})) to '{tmp_path}/part.parquet'")
        assert compare(connection, "ours", "ours", tmp_path, []).wrong == wrong
