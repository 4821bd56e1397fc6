"""Servers of the tests' own, PostgreSQL and MariaDB: nothing listens but a socket in a folder that goes with it."""

import os
import shutil
import subprocess
import tempfile
import time
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


# --- MariaDB ---------------------------------------------------------------------------------------------------


def mariadb_programs() -> bool:
    """Whether a MariaDB server is installed."""
    return all(shutil.which(name, path=PLACES) for name in ("mariadbd", "mariadb-install-db", "mariadb"))


PLACES = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/bin"])


@contextmanager
def mariadb_server():
    """Run a MariaDB; yields the MYSQL_* variables that reach it as an administrator."""
    folder = Path(tempfile.mkdtemp(prefix="my"))
    owner = {"user": "mysql", "group": "mysql", "extra_groups": []} if os.geteuid() == 0 else {}
    if owner:
        shutil.chown(folder, "mysql", "mysql")
    here = [f"--datadir={folder / 'data'}", f"--tmpdir={folder}"]
    made = ["mariadb-install-db", "--no-defaults", *here, "--auth-root-authentication-method=normal", "--skip-test-db"]
    # what the server writes need not outlive it
    fast = ["--innodb-flush-log-at-trx-commit=0", "--innodb-flush-method=nosync", "--sync-frm=0"]
    environment = os.environ | {"PATH": PLACES}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder, "env": environment}
    subprocess.run(made, check=True, **quiet, **owner)
    words = ["mariadbd", "--no-defaults", *here, f"--socket={folder / 's'}", "--skip-networking", *fast]
    process = subprocess.Popen([*words, f"--pid-file={folder / 'pid'}"], **quiet, **owner)
    try:
        until = time.monotonic() + 60
        while subprocess.run(["mariadb", *reaching(folder), "-e", "select 1"], check=False, **quiet).returncode:
            assert process.poll() is None and time.monotonic() < until, "the server did not start"
            time.sleep(0.1)
        yield {"MYSQL_UNIX_PORT": str(folder / "s"), "MYSQL_USER": "root", "MYSQL_HOST": "", "MYSQL_PWD": ""}
    finally:
        process.kill()
        process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def reaching(folder: Path, user: str = "root") -> list[str]:
    """The words with which a client reaches the server in a folder."""
    return ["--no-defaults", f"--socket={folder / 's'}", f"--user={user}"]


def mariadb(environment: dict[str, str], *commands: str, user: str = "root", ok: bool = True) -> list[list[str]]:
    """Rows of the commands, as text. Where one fails: an assertion or, not `ok`, the server's words."""
    folder = Path(environment["MYSQL_UNIX_PORT"]).parent
    done = subprocess.run(
        ["mariadb", *reaching(folder, user), "-N", "-B", "-e", "; ".join(commands)],
        env=os.environ | {"PATH": PLACES},
        capture_output=True,
        text=True,
        check=False,
    )
    if not ok:
        assert done.returncode != 0
        return [[done.stderr]]
    assert done.returncode == 0, done.stderr
    return [line.split("\t") for line in done.stdout.splitlines()]
