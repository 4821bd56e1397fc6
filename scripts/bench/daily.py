"""What a day costs, by step, over a run of days: CPU seconds, since other work on the machine does not change them.

    python scripts/bench/daily.py --days 10

Each day is a process of `crescendo daily` against simulators as they are on that day. The first one builds from nothing
and trains the first model; the last line says how far the others are from their median.
"""

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[2] / "tests" / "python"))
from crescendo.operations import journal
from days import dates, undisturbed

SHOWN = ("fetch-moovitamix", "load", "build", "recommend", "retrain", "publish")


def of_steps(folder: Path, seen: set[str]) -> dict[str, float]:
    """CPU seconds of each step, from the journals of `daily` that were not seen before."""
    spent = {}
    for file in sorted(journal.folder(folder / "crescendo.duckdb").glob("*.jsonl")):
        lines = [json.loads(line) for line in file.read_text().splitlines()]
        if file.name in seen or lines[0]["verb"] != "daily":
            continue
        seen.add(file.name)
        spent |= {line["phase"]: line["cpu_seconds"] for line in lines if line["event"] == "phase"}
    return spent


def main() -> None:
    """Print a line a day, and the spread."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=int, default=10)
    asked = parser.parse_args()
    print(f"{'day':<12}{'CPU s':>8}" + "".join(f"{name:>18}" for name in SHOWN) + f"{'MB':>8}{'load':>7}")
    costs, seen = [], set()
    with tempfile.TemporaryDirectory(prefix="crescendo-bench-") as name:
        folder = Path(name)
        for day in dates(asked.days):
            costs.append(undisturbed(folder, day))
            steps = of_steps(folder, seen)
            size = (folder / "crescendo.duckdb").stat().st_size / 1e6
            told = "".join(f"{steps.get(step, 0):18.1f}" for step in SHOWN)
            print(f"{day!s:<12}{costs[-1]:8.1f}{told}{size:8.1f}{os.getloadavg()[0]:7.1f}", flush=True)
    usual = median(costs[1:]) if len(costs) > 1 else costs[0]
    least, most = (100 * (pick(costs[1:] or costs) / usual - 1) for pick in (min, max))
    print(f"after the first day: median {usual:.1f} CPU s, {least:+.0f} % to {most:+.0f} %")


if __name__ == "__main__":
    main()
