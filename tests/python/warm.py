"""dbt in processes that need not import it: each is forked from one that has, which is half of a small run.

The server is a process of its own, with one thread and no warehouse open, so that a fork of it is sound. A forked
process takes over words, folder, environment and output, and runs `crescendo.dbt_cli` from its first line.

    python warm.py cli FD WORDS ...    # the command line of Crescendo, whose dbt is forked from the server behind FD
"""

import gc
import importlib
import json
import os
import runpy
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from functools import cache, cached_property
from pathlib import Path
from types import SimpleNamespace

MODULE = "crescendo.dbt_cli"
# dbt itself, and what it imports no earlier than it runs; not DuckDB, which starts threads when it is imported
PARTS = (
    *("dbt.cli.main", "dbt.task.build", "dbt.task.function", "dbt.task.seed", "dbt.task.snapshot", "dbt.runners"),
    *("dbt.adapters.sql", "dbt_common.clients.agate_helper"),
)
LARGEST = 200_000  # bytes of what is asked


def run(words: list[str], folder: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run dbt with these words as a process of its own; what it ended with and what it said."""
    with tempfile.TemporaryDirectory() as said:
        out, err = Path(said, "out"), Path(said, "err")
        with Path(os.devnull).open() as nothing, out.open("wb") as out_file, err.open("wb") as err_file:
            files = tuple(file.fileno() for file in (nothing, out_file, err_file))
            code = _Run(server(), words, folder, environment, files).wait()
        return subprocess.CompletedProcess([MODULE, *words], code, out.read_text(), err.read_text())


def lend(serving: Callable[[], socket.socket]) -> SimpleNamespace:
    """In place of `subprocess` in `crescendo.dbt`: what it starts there is forked from the server."""

    class Popen(_Run):
        """A run of dbt that is told its words later."""

        def __init__(self, command, env, stdin, stdout, stderr, text):
            assert command == [sys.executable, "-m", MODULE]
            assert (stdout, stderr, text) == (subprocess.PIPE, subprocess.STDOUT, True)
            said, saying = os.pipe()
            super().__init__(serving(), [], Path.cwd(), env, (stdin, saying, saying))
            os.close(saying)
            self.stdout = os.fdopen(said)

        def __enter__(self):
            return self

        def __exit__(self, *_):
            self.stdout.close()
            self.wait()

    return SimpleNamespace(Popen=Popen, PIPE=subprocess.PIPE, STDOUT=subprocess.STDOUT)


class _Run:
    """A process that the server forks; its files are input, output and complaints."""

    def __init__(self, serving, words, folder, environment, files):
        ours, theirs = os.pipe()
        self._told = os.fdopen(ours)
        asked = json.dumps({"words": words, "folder": str(folder), "environment": dict(environment)}).encode()
        assert len(asked) < LARGEST
        socket.send_fds(serving, [asked], [theirs, *files])
        os.close(theirs)
        self.returncode = None

    @cached_property
    def pid(self):
        return int(self._told.readline())

    def kill(self):
        if self.returncode is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)

    def wait(self):
        """What it ended with, once it has."""
        if self.returncode is None:
            assert self.pid
            with self._told:
                self.returncode = int(self._told.readline())
        return self.returncode


@cache
def server() -> socket.socket:
    """The server of this process: where to ask it. The end of this process ends it."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        subprocess.Popen([sys.executable, __file__, "serve", str(theirs.fileno())], pass_fds=[theirs.fileno()])
    return ours


def serve(asking: socket.socket) -> None:
    """Fork a process for each that is asked for, one after another, and say what it ended with."""
    sys.modules["pandas"] = None  # as in dbt_cli
    for name in PARTS:
        importlib.import_module(name)
    assert len([*Path("/proc/self/task").glob("*")]) <= 1, "a fork has none of the other threads"
    gc.collect()
    gc.freeze()
    while True:
        said, files, *_ = socket.recv_fds(asking, LARGEST, 8)
        if not said:
            return
        asked = json.loads(said)
        _learn(asked["environment"].get("DBT_PARTIAL_PARSE_FILE_PATH", ""))
        child = os.fork()
        if not child:
            _become(asked, *files[1:])
        os.write(files[0], f"{child}\n".encode())
        _, status = os.waitpid(child, 0)
        os.write(files[0], str(os.waitstatus_to_exitcode(status)).encode())
        for file in files:
            os.close(file)


@cache
def _learn(parsed: str) -> None:
    """Read and write what dbt knows of a project once: the code that does so is made when it is first needed."""
    if Path(parsed).is_file():
        from dbt.contracts.graph.manifest import Manifest

        known = Manifest.from_msgpack(Path(parsed).read_bytes())
        known.fill_tracking_metadata = lambda: None  # asks for flags of a run
        known.writable_manifest().to_dict(omit_none=False)
        gc.collect()
        gc.freeze()


def _become(asked: dict, *files: int) -> None:
    """Be dbt as it is started in a folder; does not return."""
    os.environ.clear()
    os.environ.update(asked["environment"])
    time.tzset()
    os.chdir(asked["folder"])
    for number, file in enumerate(files[:3]):
        os.dup2(file, number)
    sys.path[0] = asked["folder"]
    sys.argv = [MODULE, *asked["words"]]
    runpy.run_module(MODULE, run_name="__main__", alter_sys=True)
    sys.exit()


def command(*words: str) -> list[str]:
    """The command line of Crescendo whose dbt is forked; it has to inherit the server's socket."""
    return [sys.executable, __file__, "cli", str(server().fileno()), *words]


def _be_command_line(asking: int, words: list[str]) -> None:
    """Be `python -m crescendo.cli`."""
    import crescendo.dbt

    crescendo.dbt.subprocess = lend(cache(lambda: socket.socket(fileno=asking)))
    sys.path[0] = str(Path.cwd())
    sys.argv = ["crescendo", *words]
    runpy.run_module("crescendo.cli", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    _role, _asking, *_words = sys.argv[1:]
    if _role == "serve":
        serve(socket.socket(fileno=int(_asking)))
    else:
        _be_command_line(int(_asking), _words)
