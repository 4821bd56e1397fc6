"""What a command takes: wall and CPU seconds and its largest memory, measured by the kernel."""

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
# dbt as `crescendo build` runs it, of the nodes in a file if one is named
BUILD = """
import json, os, sys
from crescendo import dbt
os.chdir(sys.argv[1])
words, wanted = json.loads(sys.argv[2]), json.loads(sys.argv[3])
done, said = dbt.run(*words, "--quiet", wanted=wanted)
sys.exit(0 if done else said)
"""


@dataclass(frozen=True)
class Spent:
    """Seconds of wall and CPU time, and the largest resident memory in MiB."""

    wall: float
    cpu: float
    memory: float

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
    return Spent(time.monotonic() - started, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def built(*words: str, wanted: list[str] | None = None) -> list[str]:
    """The command that has dbt do as `words` say, as `crescendo build` does; of the nodes `wanted` alone if given."""
    return [sys.executable, "-c", BUILD, str(ROOT), json.dumps(words), json.dumps(wanted)]
