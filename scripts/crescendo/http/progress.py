"""A bar of the requests that are done, on a terminal only."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from crescendo.http.client import OnProgress
from crescendo.terminal import counted


@contextmanager
def progress_bar(title: str) -> Iterator[OnProgress]:
    """What a client tells its progress to."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    quota = TextColumn("{task.fields[quota]}")
    with Progress(*columns, quota, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task(title, total=0, quota="")

        def advance(done: int, known: int, left: int | None) -> None:
            bar.update(task, completed=done, total=known, quota="" if left is None else f"{counted(left, 'call')} left")

        yield advance
