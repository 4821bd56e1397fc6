"""A PostgreSQL server of the tests' own: nothing listens but a socket in a folder that goes with it."""

import os
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

OLDEST = 15


def programs() -> Path | None:
    """The folder of the newest installed server's programs, or None if there is none that is new enough."""
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    found = [path for path in found if int(path.parent.name) >= OLDEST]
    on_path = shutil.which("initdb")
    return max(found, key=lambda path: int(path.parent.name)) if found else Path(on_path).parent if on_path else None


@contextmanager
def server():
    """Run a server; yields the PG* variables that reach it."""
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    # the server refuses root, and Debian's package comes with this user
    owner = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
    if owner:
        shutil.chown(folder, "postgres", "postgres")
    data, log = str(folder / "data"), str(folder / "log")

    def run(program: str, *words: str) -> None:
        command = [str(programs() / program), *words]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=folder, **owner)

    settings = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off -c shared_buffers=256MB"
    try:
        run("initdb", "--pgdata", data, "--auth", "trust", "--username", "postgres", "--no-sync", "--locale", "C.UTF-8")
        run("pg_ctl", "--pgdata", data, "--log", log, "--wait", "--options", settings, "start")
        yield {"PGHOST": str(folder), "PGUSER": "postgres", "PGDATABASE": "postgres"}
    finally:
        run("pg_ctl", "--pgdata", data, "--mode", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def psql(environment: dict[str, str], *commands: str, user: str = "postgres", ok: bool = True) -> list[list[str]]:
    """Rows of the last command, as text. Where a command fails: an assertion or, not `ok`, the server's words."""
    words = [word for command in commands for word in ("--command", command)]
    done = subprocess.run(
        [str(programs() / "psql"), "-qAtX", "-F", "\t", "-v", "ON_ERROR_STOP=1", *words],
        env=os.environ | environment | {"PGUSER": user},
        capture_output=True,
        text=True,
        check=False,
    )
    if not ok:
        assert done.returncode != 0
        return [[done.stderr]]
    assert done.returncode == 0, done.stderr
    return [line.split("\t") for line in done.stdout.splitlines()]
