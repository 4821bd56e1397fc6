"""From the shell's prompt to an answer, cold: each command a process of its own, beside a Python that imports the same.

crescendo sample --songs 12320 --days 390 --artists 0 --listening-days 0 --lead-days 0 --to /tmp/full
CRESCENDO_DB=/tmp/full.duckdb crescendo load /tmp/full && CRESCENDO_DB=/tmp/full.duckdb dbt build
CRESCENDO_DB=/tmp/full.duckdb python scripts/bench/ask.py
"""

import os
import resource
import statistics
import subprocess
import sys
import time

RUNS = 9
# modules are compiled once, as for a user, also where a container's variable forbids to keep them
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
BARE = [sys.executable, "-c", "import sys; sys.modules['pandas'] = None; import click, duckdb"]
COMMANDS = {
    "growth by artist": ("growth", "--last", "28d", "--by", "artist", "--top", "10"),
    "growth of a name": ("growth", "--last", "28d", "--name", "postcard"),
    "averages of every artist": ("averages", "--last", "28d", "--by", "artist"),
    "find": ("find", "postcard"),
    "find with a typo": ("find", "postcrad"),
    "metrics": ("metrics",),
    "changes": ("changes",),
    "help with what is there": ("growth", "--help"),
}


def processor():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def seconds(command):
    """By the clock, and of the processor, which tells more on a busy machine."""
    started, used = time.perf_counter(), processor()
    subprocess.run(command, check=True, capture_output=True, env=ENVIRONMENT)
    return time.perf_counter() - started, processor() - used


def main():
    commands = {"python that imports click and duckdb": BARE}
    commands |= {name: [sys.executable, "-m", "crescendo", *words] for name, words in COMMANDS.items()}
    found = {name: [] for name in commands}
    for _ in range(RUNS):  # in turn, so that a busy machine hits all of them
        for name, command in commands.items():
            found[name].append(seconds(command))
    bare = min(used for _, used in found["python that imports click and duckdb"])
    print(f"{'':38}{'median s':>9}{'least s':>9}{'processor s':>13}{'ratio':>7}")
    for name, took in found.items():
        clock, used = zip(*took, strict=True)
        print(f"{name:38}{statistics.median(clock):9.2f}{min(clock):9.2f}{min(used):13.2f}{min(used) / bare:7.1f}")


if __name__ == "__main__":
    main()
