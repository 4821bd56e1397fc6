"""What only its owner may read: files of mode 600, and the key that the hashes of people's data are made with."""

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from crescendo.errors import CrescendoError

KEY_VARIABLE = "CRESCENDO_MASK_KEY"


@contextmanager
def private_files() -> Iterator[None]:
    """Whatever is created inside is its owner's alone: files of mode 600, folders of mode 700."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


def private_lines(file: Path, what: str) -> list[str]:
    """The lines of a file that only its owner may read, blank for those that begin with #; `what` names it in errors.

    Raises CrescendoError if it cannot be read, is no plain file of the user, or can be read by others.
    """
    try:
        descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        raise CrescendoError(f"{what} {file}: {error.strerror}") from None
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode) or status.st_uid != os.getuid():
        os.close(descriptor)
        raise CrescendoError(f"{what} {file} is not a plain file of yours: write one, mode 600")
    with os.fdopen(descriptor, encoding="utf-8", errors="replace") as opened:
        if stat.S_IMODE(status.st_mode) & 0o177:
            mode = f"{stat.S_IMODE(status.st_mode):o}"
            raise CrescendoError(f"{what} {file} has mode {mode}: run chmod 600 {file}")
        return ["" if line.startswith("#") else line for line in opened.read().splitlines()]


def key_file(warehouse: Path) -> Path:
    """Where the key of a warehouse is: beside it, never in it."""
    return warehouse.with_name(f"{warehouse.name}.maskkey")


def mask_key(warehouse: Path) -> str:
    """The key of a warehouse's hashes: CRESCENDO_MASK_KEY, else its key file, which is made at the first use.

    Raises CrescendoError if the file cannot be read or made, is empty, or can be read by others.
    """
    if key := os.environ.get(KEY_VARIABLE):
        return key
    file = key_file(warehouse)
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as made:
            made.write(secrets.token_hex(32) + "\n")
    except FileExistsError:
        pass
    except OSError as error:
        raise CrescendoError(f"cannot write the key file {file} ({error.strerror}): set {KEY_VARIABLE}") from None
    return _read(file)


def _read(file: Path) -> str:
    try:
        mode = stat.S_IMODE(file.stat().st_mode)
        key = file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise CrescendoError(f"cannot read the key file {file} ({error}): restore it, or set {KEY_VARIABLE}") from None
    if mode & 0o077:
        raise CrescendoError(f"the key file {file} can be read by others (mode {mode:o}): run chmod 600 {file}")
    if not key:
        raise CrescendoError(f"the key file {file} is empty: restore it from a copy, or delete it to have a new key")
    return key
