"""The same models on Spark hold what they hold in DuckDB: every table, every value. Run by `make spark-test`."""

import json
import shutil
import subprocess
import sys

import duckdb
import pytest
from conftest import ROOT, project_in
from crescendo.publish.files import publish_files
from crescendo.spark.compare import compare, compare_all

PYTHON = ROOT / ".venv-spark" / "bin" / "python"
WINDOWS = [("2025-04-27", "2025-05-25"), ("2025-05-18", "2025-05-25"), ("2025-02-24", "2025-05-26")]
FUNCTIONS = [
    "metrics.series_growth", "metrics.song_growth", "metrics.artist_growth", "metrics.group_growth",
    "metrics.platform_growth", "metrics.series_averages", "metrics.song_averages", "metrics.platform_averages",
]  # fmt: skip
# what must not be missing: the spine and the tables that its windows read
SPINE = {
    "metrics.dim_subjects", "metrics.dim_metrics", "metrics.dim_series", "metrics.fct_observations",
    "metrics.fct_silences",
}  # fmt: skip
needs_spark = pytest.mark.skipif(
    not (ROOT / ".venv-spark" / ".ready").is_file(), reason="`make .venv-spark/.ready` installs Spark"
)


@pytest.fixture(scope="module")
def spark(built, tmp_path_factory):
    """The sample on Spark: what was compared, and why what was not is not there."""
    folder = tmp_path_factory.mktemp("spark")
    for name in ("crescendo.duckdb", "crescendo.duckdb.maskkey"):
        shutil.copy(built / name, folder / name)
    shutil.copytree(built / "target", folder / "target")
    environment = project_in(folder) | {"SPARK_LOCAL_IP": "127.0.0.1", "CRESCENDO_RAW": str(folder / "raw")}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("CRESCENDO_DB", str(folder / "crescendo.duckdb"))
        patch.setenv("DBT_TARGET_PATH", str(folder / "target"))
        publish_files(folder, "raw")
    asked = [[name, list(window)] for name in FUNCTIONS for window in WINDOWS]
    (folder / "asked.json").write_text(json.dumps(asked))
    del environment["DBT_PARTIAL_PARSE_FILE_PATH"]  # of another adapter
    environment["DBT_TARGET_PATH"] = str(folder / "spark")
    command = [
        PYTHON,
        "-m",
        "crescendo.spark",
        folder,
        "build",
        "--exclude",
        "resource_type:test",
        "resource_type:unit_test",
    ]
    subprocess.run(["nice", "-n", "10", *command], cwd=folder, env=environment, capture_output=True, check=False)
    manifest = json.loads((folder / "spark" / "manifest.json").read_text())
    with duckdb.connect(str(folder / "crescendo.duckdb"), read_only=True) as connection:
        return compare_all(connection, manifest, folder)


@pytest.mark.spark
@needs_spark
def test_every_table_that_spark_has_is_equal_and_the_others_are_named(spark, capsys):
    compared, absent = spark
    with capsys.disabled():
        lines = [f"{len(compared)} relations and answers compared:", *map(str, compared)]
        lines += [f"{len(absent)} are not there:"]
        lines += [f"{name}: {' '.join(reason.split())[:200]}" for name, reason in absent.items()]
        sys.stdout.write("\n" + "\n".join(lines) + "\n")
    assert not [str(found) for found in compared if found.wrong]
    assert not SPINE & absent.keys()


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
