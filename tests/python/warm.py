"""dbt in processes that need not import it: each is forked from one that has, which is half of a small run.

The server is a process of its own, with one thread and no warehouse open, so that a fork of it is sound. A forked
process takes over words, folder, environment and output, and runs `crescendo.dbt_cli` from its first line.
"""

import gc
import importlib
import json
import os
import runpy
import subprocess
import sys
import tempfile
import time
from functools import cache
from pathlib import Path

MODULE = "crescendo.dbt_cli"
# dbt itself, and what it imports no earlier than it runs; not DuckDB, which starts threads when it is imported
PARTS = (
    *("dbt.cli.main", "dbt.task.build", "dbt.task.function", "dbt.task.seed", "dbt.task.snapshot", "dbt.runners"),
    *("dbt.adapters.sql", "dbt_common.clients.agate_helper"),
)


def run(words: list[str], folder: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run dbt with these words as a process of its own; what it ended with and what it said."""
    server = _server()
    with tempfile.TemporaryDirectory() as said:
        out, err = Path(said, "out"), Path(said, "err")
        asked = {"words": words, "folder": str(folder), "environment": environment, "out": str(out), "err": str(err)}
        server.stdin.write(json.dumps(asked) + "\n")
        server.stdin.flush()
        code = int(server.stdout.readline())
        return subprocess.CompletedProcess([MODULE, *words], code, out.read_text(), err.read_text())


@cache
def _server() -> subprocess.Popen[str]:
    """The server of this process; the end of its input ends it."""
    command = [sys.executable, __file__]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def serve() -> None:
    """Fork a process for each line that is asked for, one after another, and say what it ended with."""
    sys.modules["pandas"] = None  # as in dbt_cli
    for name in PARTS:
        importlib.import_module(name)
    assert len([*Path("/proc/self/task").glob("*")]) <= 1, "a fork has none of the other threads"
    gc.collect()
    gc.freeze()
    for line in sys.stdin:
        child = os.fork()
        if not child:
            _become(json.loads(line))
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


def _become(asked: dict) -> None:
    """Be dbt as it is started in a folder; does not return."""
    os.environ.clear()
    os.environ.update(asked["environment"])
    time.tzset()
    os.chdir(asked["folder"])
    for number, path in ((0, os.devnull), (1, asked["out"]), (2, asked["err"])):
        opened = os.open(path, os.O_RDWR | os.O_CREAT)
        os.dup2(opened, number)
        os.close(opened)
    sys.path[0] = asked["folder"]
    sys.argv = [MODULE, *asked["words"]]
    runpy.run_module(MODULE, run_name="__main__", alter_sys=True)
    sys.exit()


if __name__ == "__main__":
    serve()
