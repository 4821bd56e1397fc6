"""Files that a reader, or a kill, sees whole or not at all."""

from contextlib import suppress
from pathlib import Path

# what to do if a file or folder cannot be used
ELSEWHERE = "name another file or folder, one that you can read and write"


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file beside its place and move it there. Raises OSError that names it, and leaves nothing behind then."""
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        temporary.write_bytes(content)
        temporary.replace(path)
    except BaseException as error:
        with suppress(OSError):  # the folder may be a file
            temporary.unlink(missing_ok=True)
        if isinstance(error, OSError):
            error.filename = str(path)  # nobody typed the other name
        raise
