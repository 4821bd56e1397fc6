"""Run the DAG against the simulators, and hold that its tables are those of days without Airflow.

Called by `make airflow-test`, within the environment of airflow.sh, with the project's Python. CRESCENDO_DAYS says how
many days, 2 if unset.

- The DAG is imported, within IMPORT_SECONDS and without a warning.
- `airflow dags test` does each day. In the last one KILLED is killed in its middle, and Airflow tries it again.
- `airflow.sh up` starts the parts of Airflow, which do the same days as one backfill.
"""

import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[2] / "tests" / "python"))
from compare import differences, digests
from crescendo.daily import record
from days import dates, environment_of, following, sources, state, undisturbed

ROOT = Path(__file__).resolve().parents[2]
AIRFLOW = Path(shutil.which("airflow") or "airflow")
SCRIPT = ROOT / "orchestration" / "airflow" / "airflow.sh"
DAG = "crescendo_daily"
IMPORT_SECONDS = 5.0  # of CPU: the DAG is imported again and again
KILLED, KILLED_AFTER = "build", 8.0  # seconds
STUCK = 1800.0  # seconds without a new state of any step
OWN = {
    "CRESCENDO_BIN": str(ROOT / ".venv" / "bin" / "crescendo"),
    "CRESCENDO_RETRY_SECONDS": "1",
    "CRESCENDO_AIRFLOW_PORT": "8089",
    # the backfill alone, and no run of today beside it
    "AIRFLOW__SCHEDULER__USE_JOB_SCHEDULE": "False",
}

# what a command says is kept
TOLD: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True, "check": False}
Environment = dict[str, str]


def say(text: str) -> None:
    """A line for who waits."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def imports() -> None:
    """Import the DAG as Airflow does. Exits if it takes too long or warns."""
    python, dag = AIRFLOW.with_name("python"), SCRIPT.parent / "dags" / "crescendo_daily.py"
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([python, "-W", "error", dag], **TOLD)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    if done.returncode or done.stdout:
        sys.exit(f"the DAG is not imported without a warning:\n{done.stdout}")
    if spent >= IMPORT_SECONDS:
        sys.exit(f"importing the DAG took {spent:.1f} CPU s, not less than {IMPORT_SECONDS:.0f}")
    say(f"importing the DAG: {spent:.1f} CPU s, no warning")


def own(folder: Path, of_sources: Environment) -> Environment:
    """The variables of tasks that work in a folder."""
    return environment_of(folder) | of_sources | OWN | {"CRESCENDO_HOME": str(folder)}


def airflow(environment: Environment, *words: str) -> None:
    """A command of Airflow, to its end. Exits with what it said if it fails."""
    done = subprocess.run([AIRFLOW, *words], env=environment, **TOLD)
    if done.returncode:
        sys.exit(f"airflow {' '.join(words)} failed:\n{done.stdout[-6000:]}")


def test(folder: Path, day: date, is_killed: bool) -> None:
    """A day by `airflow dags test`. Exits if it fails."""
    folder.mkdir(exist_ok=True)
    log = folder / f"{day}.log"
    with sources(day) as of_sources, log.open("w") as heard:
        words = [str(AIRFLOW), "dags", "test", DAG, str(day)]
        with subprocess.Popen(words, env=own(folder, of_sources), stdout=heard, stderr=subprocess.STDOUT) as process:
            if is_killed:
                kill(folder, day, process)
    if process.returncode or state(folder, day, "publish") != record.DONE:
        sys.exit(f"airflow dags test of {day} failed:\n{log.read_text()[-6000:]}")


def kill(folder: Path, day: date, scheduler: subprocess.Popen[bytes]) -> None:
    """Kill the step KILLED, and all that it started, once it is well under way. Exits if there was nothing to kill."""
    while scheduler.poll() is None and state(folder, day, KILLED) != record.RUNNING:
        time.sleep(0.1)
    time.sleep(KILLED_AFTER)
    for process in Path("/proc").glob("[0-9]*"):
        words = _words(process)
        if words[-2:] == ["--step", KILLED] and (process / "cwd").resolve() == folder:
            os.killpg(os.getpgid(int(process.name)), signal.SIGKILL)
            say(f"{day}: {KILLED} is killed")
            return
    scheduler.kill()
    sys.exit(f"{KILLED} of {day} was not at work {KILLED_AFTER:.0f} s after its beginning: nothing was killed")


def _words(process: Path) -> list[str]:
    try:
        return (process / "cmdline").read_text().rstrip("\0").split("\0")
    except OSError:  # it has ended
        return []


def backfill(folder: Path, days: list[date]) -> None:
    """All days by Airflow's own backfill. Exits if it gets stuck or fails."""
    with following(folder, days) as of_sources:
        environment = own(folder, of_sources)
        with parts(environment):
            airflow(environment, "dags", "unpause", "--yes", DAG)
            # a day's run begins at the moment of the schedule, so the last day is given to its end
            span = ["--from-date", str(days[0]), "--to-date", f"{days[-1]}T23:59"]
            airflow(environment, "backfill", "create", "--dag-id", DAG, *span, "--max-active-runs", "1")
            for day in days:
                wait_for(folder, day)


@contextmanager
def parts(environment: Environment) -> Iterator[None]:
    """Airflow's scheduler, DAG processor and server, as `make airflow` starts them."""
    words = [str(SCRIPT), "up"]
    with subprocess.Popen(words, env=environment, stdout=subprocess.DEVNULL) as process:
        try:
            yield
        finally:
            process.terminate()


def wait_for(folder: Path, day: date) -> None:
    """Until a day is published. Exits if no step changes its state for too long."""
    file = record.folder(folder / "crescendo.duckdb") / f"{day}.json"
    began = time.time()
    while state(folder, day, "publish") != record.DONE:
        if time.time() - max(began, file.stat().st_mtime if file.exists() else 0) > STUCK:
            said = file.read_text() if file.exists() else "no step has begun"
            logs = "\n".join(log.read_text()[-2000:] for log in Path(os.environ["AIRFLOW_HOME"]).glob("*.log"))
            sys.exit(f"the backfill of {day} is stuck: {said}\n{logs}")
        time.sleep(1)
    say(f"{day}: done by a backfill of Airflow")


def compare(name: str, first: Path, second: Path) -> None:
    """Hold that two folders published the same. Exits with the tables that differ."""
    files = [folder / "published" / "crescendo.duckdb" for folder in (first, second)]
    if found := differences(*files):
        sys.exit(f"{name}:\n" + "\n".join(found))
    counts = [rows for rows, _ in digests(files[0]).values()]
    say(f"{name}: equal to days without Airflow, {len(counts)} tables, {sum(counts):,} rows")


def main() -> None:
    """Do all of it, the cheapest first."""
    days = dates(int(os.environ.get("CRESCENDO_DAYS", "2")))
    imports()
    with tempfile.TemporaryDirectory(prefix="crescendo-airflow-") as name:
        plain, tested, filled = (Path(name).resolve() / each for each in ("plain", "tested", "filled"))
        for day in days:
            say(f"{day}: done without Airflow, {undisturbed(plain, day):.0f} CPU s")
        for day in days:
            test(tested, day, is_killed=day == days[-1])
            say(f"{day}: done by `airflow dags test`")
        compare("dags test, killed once", plain, tested)
        backfill(filled, days)
        compare("backfill", plain, filled)


if __name__ == "__main__":
    main()
