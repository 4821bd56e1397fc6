"""What a run does, as JSON lines: one event a line, in the form of GELF 1.1, which Graylog takes as it is.

    {"version": "1.1", "host": "...", "short_message": "file recognised", "timestamp": 1780000000.123, "level": 7,
     "_run_id": "20260501T120000.000000Z-7", "_verb": "load", "_file": "landing/a.csv", "_document": "leads.crm", ...}

Nothing is written unless `--log-level`, `--log-file` or their variables ask for it. `_run_id` is that of the run's
journal. A value is a text or a number. Values of records are never logged; what is withheld (`withheld.py`) and e-mail
addresses are replaced by ***. A log that cannot be written any more ends no run.
"""

import functools
import json
import logging
import os
import re
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from crescendo.errors import CrescendoError
from crescendo.operations import journal
from crescendo.withheld import shown

LOG = logging.getLogger("crescendo")
LOG.addHandler(logging.NullHandler())  # else Python prints what nobody asked for
LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}
# severities of syslog, which GELF takes
SYSLOG = {logging.DEBUG: 7, logging.INFO: 6, logging.WARNING: 4, logging.ERROR: 3}
HOST_VARIABLE, WITHHELD = "CRESCENDO_LOG_HOST", "withheld"
# what a sentence of ours quotes of a file: texts in quotes, and lists of columns or keys that a file has
QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"|(?<=found )[^;)]*|(?<=first keys are )[^;]*|(?<=knows nothing of ).*")


def event(level: int, what: str, /, **facts: object) -> None:
    """Log an event: what happened, in words that never differ, and its facts."""
    if LOG.isEnabledFor(level):
        LOG.log(level, what, extra={"facts": facts})


def without_data(sentence: str) -> str:
    """A sentence of ours without what it quotes of a file."""
    return QUOTED.sub("***", sentence)


class Gelf(logging.Formatter):
    """A record as one line of JSON. `host` is said of every line."""

    def __init__(self, verb: str, host: str) -> None:
        super().__init__()
        self.verb, self.host = verb, host
        # until a run begins; what is logged after it is of it still
        self._run_id = f"{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}-{os.getpid()}"

    def format(self, record: logging.LogRecord) -> str:
        """The line; what is withheld is not in it."""
        run = journal.current()
        if run.verb:
            self._run_id = run.run_id
        line: dict[str, object] = {
            "version": "1.1",
            "host": self.host,
            "short_message": shown(record.getMessage()),
            "timestamp": round(record.created, 3),
            "level": SYSLOG.get(record.levelno, 3),
            "_run_id": self._run_id,
            "_verb": self.verb,
        }
        facts = getattr(record, "facts", {})
        line |= {f"_{name}": _value(value) for name, value in facts.items() if value is not None}
        return json.dumps(line, ensure_ascii=False).encode("utf-8", "backslashreplace").decode()


def _value(value: object) -> str | int | float:
    """A fact as GELF has it: a number or a text."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return value
    if isinstance(value, list | tuple | set | frozenset):
        return shown(", ".join(map(str, value)))
    return shown(str(value))


class _Lines(logging.Handler):
    """Writes each line whole and at once, and is silent if it cannot: a run is not for its log."""

    def __init__(self, descriptor: int) -> None:
        super().__init__()
        self.descriptor = descriptor

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record."""
        with suppress(OSError, ValueError):
            os.write(self.descriptor, f"{self.format(record)}\n".encode())


@contextmanager
def writing(verb: str, level: str | None, file: Path | None) -> Iterator[None]:
    """Log what happens in the block to a file, else to stderr; nowhere if neither level nor file is given.

    Raises CrescendoError if the file cannot be opened.
    """
    if not level and not file:
        yield
        return
    handler = _Lines(_opened(file)) if file else logging.StreamHandler(sys.stderr)
    host = os.environ.get(HOST_VARIABLE) or socket.gethostname()
    handler.setFormatter(Gelf(verb, WITHHELD if host == "-" else host))
    before = LOG.level, LOG.propagate
    LOG.addHandler(handler)
    LOG.setLevel(LEVELS[level or "info"])
    LOG.propagate = False
    try:
        yield
    finally:
        LOG.removeHandler(handler)
        LOG.setLevel(before[0])
        LOG.propagate = before[1]
        if isinstance(handler, _Lines):
            os.close(handler.descriptor)


def _opened(file: Path) -> int:
    try:
        return os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    except OSError as error:
        raise CrescendoError(f"--log-file {file}: {error.strerror}: name another file") from None


def logged(verb: str) -> Callable[[Callable], Callable]:
    """The options `--log-level` and `--log-file` of a verb, and its log while it runs."""

    def decorate(command: Callable) -> Callable:
        @functools.wraps(command)
        def run(*words: Any, log_level: str | None, log_file: Path | None, **options: Any) -> Any:
            with writing(verb, log_level, log_file), _told():
                return command(*words, **options)

        for option in (
            click.option(
                "--log-file", type=click.Path(path_type=Path, dir_okay=False), envvar="CRESCENDO_LOG_FILE",
                metavar="FILE", help="Append events as JSON lines (GELF) to FILE; also CRESCENDO_LOG_FILE.",
            ),
            click.option(
                "--log-level", type=click.Choice(tuple(LEVELS)), envvar="CRESCENDO_LOG_LEVEL",
                help="The least grave events to log, to stderr without --log-file; also CRESCENDO_LOG_LEVEL."
                "  [default: info, if there is a file]",
            ),
        ):  # fmt: skip
            run = option(run)
        return run

    return decorate


@contextmanager
def _told() -> Iterator[None]:
    """Log what ends a run early."""
    try:
        yield
    except BaseException as error:
        said = without_data(str(error)) if isinstance(error, CrescendoError) else None
        event(logging.ERROR, "run ended early", error=type(error).__name__, reason=said)
        raise
