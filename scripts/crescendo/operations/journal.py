"""The journal: what each run measured of itself, as JSON lines beside the warehouse, in `.NAME.runs/`, one file a run.

Each line is written at once. So a run that is killed leaves a file without its last line, `end`, and the phase that it
was in is the last `phase_start` without its `phase`. A run whose copy of the warehouse is discarded is measured too.
Whatever goes wrong here (a full disk, a folder that may not be written) ends the journal of this run, never the run.

| event | fields besides `event` and `at` |
|---|---|
| `run` | run_id, verb, pid, version |
| `phase_start` | phase |
| `phase` | phase, seconds, cpu_seconds, peak_bytes, bytes, rows, outcome |
| `request` | source, endpoint, seconds, status, retries |
| `table` | source, table, rows, new_rows, bytes, newest_date |
| `column` | source, table, column, data_type, rows, nulls, valid |
| `dbt_node` | node, resource_type, status, seconds, failures, message |
| `measure` | subject_type, subject, platform, metric, value |
| `end` | outcome, seconds, error |

`at` is UTC, ISO 8601. `outcome` is 'ok', 'failed' or 'interrupted', or 'killed' if a later run wrote it; `error` is the
class of what ended the run, since its text may hold data.
"""

import fcntl
import json
import os
import resource
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import wraps
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click

from crescendo.errors import CrescendoError

PHASES = ("extract", "transform", "load", "test", "publish")
LAST_LINE_BYTES = 400  # the line that ends a journal is shorter


@dataclass
class Phase:
    """A phase that is under way; who works in it says how many bytes and rows went through it."""

    name: str
    bytes: int | None = None
    rows: int | None = None


class Run:
    """One run of a verb. Made by `run`; `current()` is the one that is under way.

    `run_id` is text that sorts by the beginning of runs; `at_work` is the phase that was entered last. `is_partial`
    says that it did what it could, whatever its exit code: what it could not do is told as that.
    """

    def __init__(self, verb: str, file: Path | None) -> None:
        began = datetime.now(UTC)
        self.verb, self.file = verb, file
        self.run_id = f"{began:%Y%m%dT%H%M%S.%fZ}-{os.getpid()}"
        self._began = time.monotonic()
        self._written: Any = None
        self.exit_code: int | None = None
        self.is_partial = False
        self.at_work = Phase("")

    def phase(self, name: str) -> "_PhaseMeter":
        """A context manager that measures one of PHASES, or a step of a day.

        Seconds, CPU seconds and peak memory, children included. It hands over a Phase, whose `bytes` and `rows` the
        block may set.
        """
        return _PhaseMeter(self, name)

    def spent(self, name: str, seconds: float) -> None:
        """Note a phase that has no time of its own: dbt's tests run beside its models, in seconds of its threads."""
        self._write(
            "phase", phase=name, seconds=seconds, cpu_seconds=None, peak_bytes=None, bytes=None, rows=None, outcome="ok"
        )

    def request(self, source: str, endpoint: str, seconds: float, status: int | str, retries: int = 0) -> None:
        """Note one request: its endpoint (a name without ids), how long it took, its HTTP status or what went wrong.

        `retries` are the attempts before this one.
        """
        self._write("request", source=source, endpoint=endpoint, seconds=seconds, status=str(status), retries=retries)

    def table(
        self,
        source: str,
        table: str,
        rows: int,
        new_rows: int | None = None,
        bytes: int | None = None,  # noqa: A002 the contract's word
        newest_date: date | None = None,
    ) -> None:
        """Note a table after a load: all its rows, those that are new, the bytes it was read from, its newest day."""
        self._write(
            "table", source=source, table=table, rows=rows, new_rows=new_rows, bytes=bytes,
            newest_date=newest_date and newest_date.isoformat(),
        )  # fmt: skip

    def column(
        self, source: str, table: str, column: str, data_type: str, rows: int, nulls: int, valid: int | None = None
    ) -> None:
        """Note a column of a table: its rows, its nulls and, if it has a form, how many values have that form."""
        self._write(
            "column", source=source, table=table, column=column, data_type=data_type, rows=rows, nulls=nulls,
            valid=valid,
        )  # fmt: skip

    def dbt_node(
        self, node: str, resource_type: str, status: str, seconds: float, failures: int | None = None, message: str = ""
    ) -> None:
        """Note what became of a model, seed or test of dbt, as its artifacts say."""
        self._write(
            "dbt_node", node=node, resource_type=resource_type, status=status, seconds=seconds, failures=failures,
            message=message,
        )  # fmt: skip

    def measure(self, subject_type: str, subject: str, platform: str, metric: str, value: float) -> None:
        """Note any other number of a subject."""
        self._write(
            "measure", subject_type=subject_type, subject=subject, platform=platform, metric=metric, value=value
        )

    def _open(self) -> None:
        """Begin the file. It is locked while the run lives, which tells a run at work from one that was killed."""
        with suppress(OSError):
            if self.file is None:
                return
            at = folder(self.file)
            at.mkdir(mode=0o700, exist_ok=True)
            _report_killed(at)
            handle = os.open(at / f"{self.run_id}.jsonl", os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._written = os.fdopen(handle, "w", encoding="utf-8", buffering=1)
        self._write("run", run_id=self.run_id, verb=self.verb, pid=os.getpid(), version=version("crescendo"))

    def _end(self, outcome: str, error: str = "") -> None:
        self._write("end", outcome=outcome, seconds=time.monotonic() - self._began, error=error)
        with suppress(OSError, ValueError, AttributeError):
            self._written.close()
        self._written = None

    def _write(self, event: str, **fields: object) -> None:
        if self._written is None:
            return
        try:
            line = json.dumps({"event": event, "at": datetime.now(UTC).isoformat(), **fields}, ensure_ascii=False)
            self._written.write(line.encode("utf-8", "backslashreplace").decode() + "\n")
        except (OSError, ValueError, TypeError):
            # the file may end in half a line now: the next line would be appended to it
            with suppress(OSError, ValueError):
                self._written.close()
            self._written = None


class _PhaseMeter:
    """Measures a phase from its beginning to its end, whether it succeeds or not."""

    def __init__(self, run: Run, name: str) -> None:
        self._run, self._phase = run, Phase(name)

    def __enter__(self) -> Phase:
        self._run._write("phase_start", phase=self._phase.name)
        _forget_peak()
        self._cpu, self._began = _cpu_seconds(), time.monotonic()
        self._run.at_work = self._phase
        return self._phase

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._run._write(
            "phase", phase=self._phase.name, seconds=time.monotonic() - self._began,
            cpu_seconds=_cpu_seconds() - self._cpu, peak_bytes=_peak_bytes(), bytes=self._phase.bytes,
            rows=self._phase.rows, outcome=_outcome(kind),
        )  # fmt: skip


_CURRENT: ContextVar[Run | None] = ContextVar("run", default=None)


@contextmanager
def run(verb: str, warehouse: Path | None) -> Iterator[Run]:
    """The journal of one run of a verb on a warehouse; inside another run, that one.

    A block that ends with an error is a failed run; so is one that sets `run.exit_code` to another number than 0,
    unless it is partial.
    """
    if under_way := _CURRENT.get():
        yield under_way
        return
    one = Run(verb, warehouse)
    one._open()
    token = _CURRENT.set(one)
    try:
        yield one
    except BaseException as error:
        one._end(_outcome(type(error)), type(error).__name__)
        raise
    finally:
        _CURRENT.reset(token)
        one._end("failed" if one.exit_code and not one.is_partial else "ok")


@contextmanager
def apart() -> Iterator[None]:
    """Let runs in the block have journals of their own, inside another run too."""
    token = _CURRENT.set(None)
    try:
        yield
    finally:
        _CURRENT.reset(token)


def measured(phase: str, unless: str = "") -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Measure a command of click as a run with one phase. Its verb is what the user typed, 'fetch tmdb'.

    `unless` names an option with which the command changes nothing, and is not measured.
    """

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(command)
        def measuring(*words: Any, **options: Any) -> Any:
            if options.get(unless):
                return command(*words, **options)
            verb = click.get_current_context().command_path.partition(" ")[2]
            with run(verb, _warehouse()) as one:
                with one.phase(phase):
                    result = command(*words, **options)
                one.exit_code = result
            return result

        return measuring

    return decorate


def _warehouse() -> Path | None:
    """The warehouse; None if its name is refused, which is said by who opens it."""
    from crescendo import warehouse  # it opens databases, which not every verb does

    try:
        return warehouse.path()
    except CrescendoError:
        return None


def current() -> Run:
    """The run that is under way; if there is none, one that notes nothing."""
    return _CURRENT.get() or Run("", None)


@contextmanager
def locked(file: Path, what: str) -> Iterator[None]:
    """One process at a time for a file beside the journals. Raises CrescendoError, which says `what` cannot be kept."""
    try:
        file.parent.mkdir(mode=0o700, exist_ok=True)
        lock = os.open(file.with_suffix(".lock"), os.O_WRONLY | os.O_CREAT, 0o600)
    except OSError as error:
        raise CrescendoError(f"cannot keep {what} in {file.parent}: {error.strerror}") from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def folder(warehouse: Path) -> Path:
    """Where the journals of a warehouse are: `.NAME.runs`, beside it."""
    return warehouse.with_name(f".{warehouse.name}.runs")


def is_alive(file: Path) -> bool:
    """Whether the run that a journal is of is still at work: its lock is held. Of a file that is gone: no."""
    try:
        handle = os.open(file, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


def _report_killed(at: Path) -> None:
    """Say of each run that was killed since the last look what it was at, and close its journal."""
    for file in sorted(at.glob("*.jsonl")):
        with suppress(OSError, ValueError, KeyError, TypeError):
            if _has_ended(file) or is_alive(file):
                continue
            events = list(_events(file))
            began = next((event for event in events if event["event"] == "run"), None)
            if began is None:  # it was killed before its first line
                continue
            phase = open_phase(events)
            when = datetime.fromisoformat(began["at"])
            where = f"in its phase {phase}" if phase else "before its first phase"
            click.echo(f"the {began['verb']} of {when:%F %T} UTC (PID {began['pid']}) was killed {where}", err=True)
            line = {"event": "end", "at": events[-1]["at"], "outcome": "killed", "seconds": None, "error": ""}
            with file.open("a", encoding="utf-8") as written:
                written.write(f"\n{json.dumps(line)}\n")


def open_phase(events: list[dict[str, Any]]) -> str:
    """The phase that a run was in when its journal stopped; empty if it was in none."""
    open_now = ""
    for event in events:
        if event["event"] == "phase_start":
            open_now = event["phase"]
        elif event["event"] == "phase" and event["phase"] == open_now:
            open_now = ""
    return open_now


def _has_ended(file: Path) -> bool:
    with file.open("rb") as read:
        read.seek(max(0, file.stat().st_size - LAST_LINE_BYTES))
        return b'"event": "end"' in read.read()


def _events(file: Path) -> Iterator[dict[str, Any]]:
    """The whole lines of a journal; the last one may be half."""
    for line in file.read_text("utf-8").splitlines():
        with suppress(ValueError):
            yield json.loads(line)


def _outcome(kind: type[BaseException] | None) -> str:
    if kind is None:
        return "ok"
    return "interrupted" if issubclass(kind, KeyboardInterrupt) else "failed"


def _cpu_seconds() -> float:
    """CPU of this process and of its children that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _forget_peak() -> None:
    """Let the peak of memory count from now, if the system can."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def _peak_bytes() -> int:
    """The largest memory of this process since `_forget_peak`, or of a child that has ended if that is more."""
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with suppress(OSError, ValueError, IndexError):
        status = Path("/proc/self/status").read_text()
        own = int(status.split("VmHWM:")[1].split()[0])
    return 1024 * max(own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
