"""Writers work on a copy beside a file; when it is finished, it takes the file's place. Readers never wait.

Whoever has the old file open goes on with it, and the next opening sees the new one. What fails or is killed leaves the
old file as it was. One process at a time works on a copy of a file, in the folder `.NAME.new`. It holds a lock on the
folder, and so do its children that work on the copy: if it is killed, none of them reaches a later copy.
"""

import errno
import fcntl
import os
import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path

import click

from crescendo.errors import CrescendoError

# an exception that ends the block carries it, so that Ctrl-C is answered with what is true
UNCHANGED = "nothing was changed"
CLONE = 0x40049409  # FICLONE: the copy shares the file's blocks where the file system can
SLOW = 1.0  # seconds after which the time of a copy is told
HOLDER = "holder"

Stamp = tuple[int, int, int] | None  # inode, size, time of the last change; None if there is no file


@dataclass
class Copy:
    """A file to work on. It takes the place of the original after the block if `keep` is still set."""

    file: Path
    lock: int
    keep: bool = True


_COPIES: ContextVar[dict[Path, Copy] | None] = ContextVar("copies", default=None)


def working(file: Path) -> Path:
    """The copy of a file that is being worked on here, or the file itself."""
    copy = (_COPIES.get() or {}).get(file.resolve())
    return copy.file if copy else file


def locks() -> list[int]:
    """What a child that works on a copy has to inherit."""
    return [copy.lock for copy in (_COPIES.get() or {}).values()]


def original(file: Path) -> Path:
    """The file that a path is a working copy of, or the path itself."""
    return file.parent.parent / file.name if file.parent.name == _folder(file).name else file


@contextmanager
def renewed(
    file: Path, *, wait: float, settle: Callable[[Path], None], tidy: Callable[[Path], None], keep: bool = True
) -> Iterator[Copy]:
    """A copy of a file, to be changed; inside another block for the same file, the copy of that one.

    `settle` brings a file up to date with its log, if no other process writes to it; `tidy` ends the work on a copy.
    Raises CrescendoError if another process works on a copy for more than `wait` seconds, or has written to the file
    itself meanwhile; OSError if there is no room for a copy.
    """
    real = file.resolve()
    copies = _COPIES.get() or {}
    if real in copies:
        yield copies[real]
        return
    with _alone(real, wait) as lock:
        copy = Copy(_folder(real) / real.name, lock, keep)
        before = _copied(real, copy.file, wait, settle)
        fresh = _stamp(copy.file)
        token = _COPIES.set({**copies, real: copy})
        try:
            yield copy
        except BaseException as error:
            error.add_note(UNCHANGED)
            raise
        finally:
            _COPIES.reset(token)
        if copy.keep and _stamps(copy.file) != (fresh, None):
            tidy(copy.file)
            with undisturbed():
                _take_place(copy.file, real, before)


def put(file: Path, target: Path, *, wait: float, settle: Callable[[Path], None]) -> None:
    """Put a copy of a file in another file's place, in one step: a reader sees the old file or the new one.

    Raises CrescendoError if the file is written to for more than `wait` seconds; OSError if there is no room.
    """
    half = target.with_name(f".{target.name}.part")
    try:
        _copied(file.resolve(), half, wait, settle)
        if _log(half).exists():
            settle(half)
        half.chmod(file.stat().st_mode)
        half.replace(target)
    finally:
        half.unlink(missing_ok=True)
        _log(half).unlink(missing_ok=True)


@contextmanager
def undisturbed() -> Iterator[None]:
    """Ignore interrupts, so that one always means that nothing was changed."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _folder(file: Path) -> Path:
    return file.with_name(f".{file.name}.new")


def _log(file: Path) -> Path:
    return file.with_name(f"{file.name}.wal")


@contextmanager
def _alone(real: Path, wait: float) -> Iterator[int]:
    """An empty folder for a copy, while no other process has one; its lock."""
    folder, until = _folder(real), time.monotonic() + wait
    lock = _locked(folder, real, until)
    try:
        _sweep(folder, real)
        (folder / HOLDER).write_text(f"PID {os.getpid()}")
        yield lock
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def _locked(folder: Path, real: Path, until: float) -> int:
    """A lock on the folder, which is made if need be. Raises CrescendoError if another process has it too long."""
    while True:
        try:
            folder.mkdir(exist_ok=True)
        except OSError as error:
            raise CrescendoError(
                f"cannot write in {real.parent} ({error.strerror}), where {real.name} is to be:"
                " set CRESCENDO_DB to another file"
            ) from None
        try:
            lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        except FileNotFoundError:  # the process before has just removed it
            continue
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _is_still(folder, lock):
                return lock
        except BlockingIOError:
            if time.monotonic() > until:
                os.close(lock)
                raise CrescendoError(
                    f"another process ({_holder(folder)}) writes to {real}: try again when it has ended"
                ) from None
            time.sleep(0.05)
        os.close(lock)


def _is_still(folder: Path, lock: int) -> bool:
    try:
        return folder.stat().st_ino == os.fstat(lock).st_ino
    except FileNotFoundError:
        return False


def _holder(folder: Path) -> str:
    with suppress(OSError):
        return (folder / HOLDER).read_text() or "PID unknown"
    return "PID unknown"


def _sweep(folder: Path, real: Path) -> None:
    """Remove what a killed process left, and say so."""
    left = list(folder.iterdir())
    if left:
        click.echo(f"removed what a killed run ({_holder(folder)}) left beside {real.name}", err=True)
    for path in left:
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def _copied(real: Path, copy: Path, wait: float, settle: Callable[[Path], None]) -> tuple[Stamp, Stamp]:
    """Copy a file and its log as they are at one moment; the stamps of both then."""
    started = time.monotonic()
    while True:
        if _log(real).exists():
            settle(real)
        before = _stamps(real)
        for source, target in ((real, copy), (_log(real), _log(copy))):
            if source.exists():
                _clone(source, target)
        if _stamps(real) == before:
            break
        if time.monotonic() > started + wait:
            raise CrescendoError(f"{real} is written to by another process all the time: try again when it has ended")
    if (took := time.monotonic() - started) > SLOW:
        size = copy.stat().st_size / 1e9
        click.echo(f"copied {real.name}, {size:.1f} GB, in {took:.1f} s, so that readers need not wait", err=True)
    return before


def _clone(source: Path, target: Path) -> None:
    with source.open("rb") as read, target.open("wb") as written:
        try:
            fcntl.ioctl(written, CLONE, read.fileno())
            return
        except OSError as error:
            if error.errno == errno.ENOSPC:
                raise
    shutil.copyfile(source, target)


def _stamps(file: Path) -> tuple[Stamp, Stamp]:
    return _stamp(file), _stamp(_log(file))


def _stamp(file: Path) -> Stamp:
    try:
        found = file.stat()
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns


def _take_place(copy: Path, real: Path, before: tuple[Stamp, Stamp]) -> None:
    if _stamps(real) != before:
        raise CrescendoError(f"another process has written to {real} meanwhile: {UNCHANGED}; run it again")
    if before[0]:
        found = real.stat()
        copy.chmod(found.st_mode)
        with suppress(PermissionError):
            os.chown(copy, found.st_uid, found.st_gid)
        if _is_open_to_write(real):
            click.echo(
                f"another program, such as a shell, still has the old {real.name} open to write: close it before it"
                f" writes. What it writes is not in the new file, and can spoil it. `duckdb -readonly {real.name}` only"
                " reads.",
                err=True,
            )
    copy.replace(real)
    _log(real).unlink(missing_ok=True)  # what it held is in the copy


def _is_open_to_write(file: Path) -> bool:
    """Whether another process holds the lock that DuckDB takes on a file to write to it.

    To close the file gives up this process's own locks on it: only for a file that is about to be replaced.
    """
    with file.open("rb") as opened:
        try:
            fcntl.lockf(opened, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
