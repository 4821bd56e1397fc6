"""Is a planted drift found in time, and how often is one found that is not there? Worlds of the evolving simulator.

    python scripts/bench/drift.py --worlds 100

In each world tastes of half of the users change on a day; it is looked at each day for DAYS days from then on. Beside
it, the same world without drift. Found is a drift that a check of the day itself or of the next two days names.
"""

import argparse
import sys
import time
from datetime import timedelta
from pathlib import Path

import duckdb

sys.path.insert(0, str(Path(__file__).parents[2] / "tests" / "python"))

import listening_worlds
from crescendo.analysis.recommend import drift
from crescendo.sources.moovitamix.simulate import EPOCH

BEFORE, DAYS = 60, 7
IN_TIME = 2  # days


def alarms(seed: int, has_drift: bool) -> list[tuple[int, str]]:
    """Days after the planted day, and measures, of the alarms of a world."""
    found = []
    shown = listening_worlds.evolving(seed, 10, BEFORE + DAYS, 10 + BEFORE if has_drift else None)
    with listening_worlds.warehouse_of(shown) as connection:
        # a drift that was not found in time is not found: only worlds without one are looked at for longer
        for after in range(IN_TIME + 1 if has_drift else DAYS):
            checked = drift.check(connection, EPOCH + timedelta(10 + BEFORE + after))
            found += [(after, one.measure) for one in checked.measured if one.status == "drift"]
            assert all(one.status != "too_few" for one in checked.measured)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--worlds", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1000)
    options = parser.parse_args()
    started, in_time, false, by_measure = time.monotonic(), 0, 0, {}
    for seed in range(options.seed, options.seed + options.worlds):
        with_drift, without = alarms(seed, True), alarms(seed, False)
        in_time += bool(with_drift)
        false += bool(without)
        for _, measure in without:
            by_measure[measure] = by_measure.get(measure, 0) + 1
        count = seed - options.seed + 1
        print(
            f"{count} worlds: {in_time} found, {false} false; {with_drift[:1]} {without}", file=sys.stderr, flush=True
        )
    print(f"{options.worlds} worlds with drift: found within {IN_TIME} days in {in_time}")
    print(f"{options.worlds} worlds without, {DAYS} daily checks each: a false alarm in {false} {by_measure or ''}")
    print(f"{time.monotonic() - started:.0f} s with DuckDB {duckdb.__version__}")


if __name__ == "__main__":
    main()
