"""Asks every saved query by `mf query`, in one process that reads the project once; test_semantic runs it."""

import sys
from pathlib import Path

import yaml
from dbt_metricflow.cli.cli_configuration import CLIConfiguration
from dbt_metricflow.cli.main import cli


def main(folder: Path, start: str, end: str) -> None:
    """Write the answer of each saved query to a CSV file of its name."""
    configuration = CLIConfiguration()
    configuration.setup()
    declared = yaml.safe_load(Path("models/semantic/saved_queries.yml").read_text())
    for query in declared["saved_queries"]:
        words = ["query", "--quiet", "--saved-query", query["name"], "--csv", str(folder / f"{query['name']}.csv")]
        cli.main([*words, "--start-time", start, "--end-time", end], obj=configuration, standalone_mode=False)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
