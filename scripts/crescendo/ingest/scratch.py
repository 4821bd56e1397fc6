"""Temporary folders of a load; those of loads that were killed are removed by the next load."""

import os
import re
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def folder() -> Iterator[Path]:
    """A folder that exists as long as the block, or until `sweep` finds that its process has ended."""
    with tempfile.TemporaryDirectory(prefix=f"crescendo-{os.getpid()}-") as name:
        yield Path(name)


def sweep() -> None:
    """Remove the folders of this user's processes that have ended."""
    for path in Path(tempfile.gettempdir()).glob("crescendo-*-*"):
        found = re.fullmatch(r"crescendo-([0-9]+)-\w+", path.name)
        if found and not _lives(int(found[1])) and _is_own_folder(path):
            shutil.rmtree(path, ignore_errors=True)


def _is_own_folder(path: Path) -> bool:
    try:
        found = path.lstat()
    except FileNotFoundError:  # another load has just removed it
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid()


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True
