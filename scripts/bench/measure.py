"""What a command takes: wall and CPU seconds and its largest memory, measured by the kernel."""

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
# what `crescendo build` does: a copy of the warehouse, files loaded into it while dbt is imported, and models
BUILD = """
import json, os, sys, time
from contextlib import nullcontext
from pathlib import Path
from crescendo import dbt, warehouse
from crescendo.ingest.load import load
os.chdir(sys.argv[1])
words, wanted, folder = json.loads(sys.argv[2])
started = time.monotonic()
with dbt.begun() as process, warehouse.renewed() if folder else nullcontext():
    copied = time.monotonic()
    if folder:
        load([Path(folder)])
    loaded = time.monotonic()
    done, said = dbt.run(*words, "--quiet", wanted=wanted, process=process)
if not done:
    sys.exit(said)
print(f"copied {copied - started:.1f} s, loaded {loaded - copied:.1f} s, built {time.monotonic() - loaded:.1f} s")
"""


@dataclass(frozen=True)
class Spent:
    """Seconds of wall and CPU time, the largest resident memory in MiB, and what was said last."""

    wall: float
    cpu: float
    memory: float
    said: str = ""

    def __str__(self) -> str:
        return f"{self.wall:8.1f} s {self.cpu:8.1f} CPU s {self.memory:6.0f} MiB"


def run(command: list[str], environment: dict[str, str] | None = None) -> Spent:
    """Run a command to its end; a failure ends the benchmark with what the command said."""
    started = time.monotonic()
    process = subprocess.Popen(
        command, env=os.environ | (environment or {}), stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    said = process.stdout.read()
    # not Popen.wait: it keeps the usage of all children, and this is about one
    _, status, used = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"{' '.join(command)[:200]}\nfailed: {said.decode(errors='replace')[-3000:]}")
    last = said.decode(errors="replace").strip().rpartition("\n")[2]
    return Spent(time.monotonic() - started, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, last)


def built(*words: str, wanted: list[str] | None = None, folder: Path | None = None) -> list[str]:
    """The command that has dbt do as `words` say, as `crescendo build` does; of the nodes `wanted` alone if given.

    Of a copy of the warehouse, into which the files in `folder` were loaded, if one is given.
    """
    return [sys.executable, "-c", BUILD, str(ROOT), json.dumps([words, wanted, folder and str(folder)])]
