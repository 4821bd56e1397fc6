"""`python -m crescendo.spark FOLDER build ...`: dbt with the target `spark`, and what it made as Parquet in FOLDER.

Runs in the environment of requirements-spark.txt, in one process, so that a catalogue in memory will do, which takes a
tenth of the time of one in a file. Tables are in FOLDER/warehouse/<schema>.db/<name>, views in FOLDER/views. The file
FOLDER/asked.json may name calls of functions, as [[name, [argument, ...]], ...]; an answer goes to
FOLDER/answers/<its number>. FOLDER/report.json says what took how long, what failed and what could not be written;
`cpu_seconds` is of the whole process, Java's part included, until the models were built and at the end.
"""

import json
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from dbt.cli.main import dbtRunner
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

# an answer is a hundred small steps, and planning again after each or splitting it takes longer than the step; what
# Spark infers of columns that are equal or not null takes an eighth of the time of the longest answers
ASKED = {
    "spark.sql.constraintPropagation.enabled": "false",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.files.minPartitionNum": "1",
}


def main(folder: Path, words: list[str]) -> int:
    """Build, then write; the exit code is dbt's."""
    os.environ |= {"CRESCENDO_SPARK": str(folder / "warehouse"), "CRESCENDO_SPARK_CATALOGUE": "in-memory"}
    result = dbtRunner().invoke([*words, "--target", "spark"])
    runs = [
        {"name": run.node.name, "status": str(run.status), "seconds": run.execution_time, "message": str(run.message)}
        for run in getattr(result.result, "results", ())
    ]
    done = {run["name"] for run in runs if run["status"] == "success"}
    refused: dict[str, str] = {}
    seconds: dict[str, float] = {}
    cpu_seconds = [_cpu_seconds()]

    def written(asked: tuple[str, str]) -> None:
        place, query = asked
        began = time.perf_counter()
        try:
            SparkSession.builder.getOrCreate().sql(query).write.mode("overwrite").parquet(str(folder / place))
            refused.pop(place, None)
        except PySparkException as error:
            refused[place] = str(error)
        seconds[place] = round(time.perf_counter() - began, 3)

    for name, value in ASKED.items():
        SparkSession.builder.getOrCreate().conf.set(name, value)
    # Spark plans a query on one core; two at a time use both
    with ThreadPoolExecutor(2) as pool:
        asked = [*_views(folder, done), *_calls(folder)]
        list(pool.map(written, asked))
        # some joins of large tables Spark 4.3 plans only as it goes ("PartitioningCollection requires all ...")
        SparkSession.builder.getOrCreate().conf.set("spark.sql.adaptive.enabled", "true")
        list(pool.map(written, [again for again in asked if again[0] in refused]))
    cpu_seconds.append(_cpu_seconds())
    report = {"runs": runs, "refused": refused, "seconds": seconds, "cpu_seconds": cpu_seconds}
    (folder / "report.json").write_text(json.dumps(report, indent=1))
    return 0 if result.success else 1


def _cpu_seconds() -> float:
    """Of this process and of the Java process that it talks to."""
    virtual_machine = SparkSession.builder.getOrCreate()._jvm
    own = virtual_machine.java.lang.ProcessHandle.current().info().totalCpuDuration().get().toMillis()
    return round(time.process_time() + own / 1000, 1)


def _calls(folder: Path) -> list[tuple[str, str]]:
    asked = folder / "asked.json"
    calls = json.loads(asked.read_text()) if asked.is_file() else []
    return [
        (f"answers/{number}", f"select * from {name}({', '.join(repr(argument) for argument in arguments)})")
        for number, (name, arguments) in enumerate(calls)
    ]


def _views(folder: Path, done: set[str]) -> list[tuple[str, str]]:
    """What is a table here has its rows in the warehouse already."""
    manifest = json.loads((Path(os.environ["DBT_TARGET_PATH"]) / "manifest.json").read_text())
    views = [
        node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["config"]["materialized"] == "view" and node["name"] in done
    ]
    return [
        (f"views/{node['schema']}/{node['name']}", f"select * from {node['schema']}.{node['name']}")
        for node in views
        if not (folder / "warehouse" / f"{node['schema']}.db" / node["name"]).is_dir()
    ]


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
