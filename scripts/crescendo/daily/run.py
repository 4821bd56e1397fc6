"""Do the steps of a day in order, once each, and note them in its record and in the journal."""

import time
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import click

from crescendo import warehouse
from crescendo.daily import record
from crescendo.daily.record import Record
from crescendo.daily.steps import NAMES, STEPS, Act, Day, SkippedError, Step
from crescendo.errors import CrescendoError
from crescendo.operations import journal


def run(days: Sequence[Day], act: Act, *, only: str = "", first: str = "") -> None:
    """Do what is left to do of some days, the earliest first.

    Args:
        only: this step alone, whether it was done before or not.
        first: this step and those after it, whether they were done before or not.

    Raises CrescendoError, with the exit code of what failed, for the step that a day stopped at; later days are not
    begun then.
    """
    file = warehouse.path()
    with record.only_one(file):
        left = [task for day in sorted(days, key=lambda day: day.date) for task in _left(day, file, only, first)]
        # a call that finds nothing to do is no run: it would be the fastest of all
        with journal.run("daily", file) if left else nullcontext(journal.current()) as run:
            for step, day, noted in left:
                _do(step, day, noted, act, run)


def _left(day: Day, file: Path, only: str, first: str) -> list[tuple[Step, Day, Record]]:
    """What is left to do of a day."""
    noted = Record.open(file, day.date)
    if named := only or first:
        _begin_at(named, day, noted)
    wanted = [step for step in STEPS if step.name == only or not (only or noted.is_over(step.name))]
    if not wanted:
        click.echo(f"{day.date} is done: --from-step does a step and those after it again")
    return [(step, day, noted) for step in wanted]


def _begin_at(name: str, day: Day, noted: Record) -> None:
    """Take a step and those after it for not done. Raises CrescendoError if one before it is not done."""
    at = NAMES.index(name)
    if missing := [earlier for earlier in NAMES[:at] if not noted.is_over(earlier)]:
        raise CrescendoError(
            f"{name} of {day.date} comes after {missing[0]}, which is not done: run `crescendo daily --date {day.date}`"
        )
    noted.forget([step for step in NAMES[at:] if noted.is_over(step)])


def _do(step: Step, day: Day, noted: Record, act: Act, run: journal.Run) -> None:
    click.echo(f"{day.date} {step.name}: {step.said}")
    noted.begin(step.name)
    started, state = time.monotonic(), record.FAILED
    try:
        with run.phase(step.name), journal.apart():
            step.does(replace(day, began_at=noted.began_at(step.name)), act)
        state = record.DONE
    except SkippedError as reason:
        state = record.SKIPPED
        click.echo(f"  skipped: {reason}")
    except (CrescendoError, OSError) as error:
        raise _stopped(step, day, error) from None
    finally:
        noted.end(step.name, state, time.monotonic() - started)


def _stopped(step: Step, day: Day, error: CrescendoError | OSError) -> CrescendoError:
    """What to say of a day that stopped."""
    reason = str(error) if isinstance(error, CrescendoError) else f"{error.filename}: {error.strerror}"
    told = CrescendoError(f"{day.date} stopped at {step.name}: {reason}; the same command goes on there")
    told.exit_code = getattr(error, "exit_code", 2)
    return told
