"""Run the DAG for some dates against the simulators, and hold that its tables are those of runs without Airflow.

Called by `make airflow-test`, within the environment of airflow.sh, with the project's Python. Of the last date a step
is killed in the middle, which Airflow tries again: KILLED names it.

    python orchestration/airflow/try_dag.py 2025-05-24 2025-05-25
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROJECT = ("dbt_project.yml", "profiles.yml", "models", "seeds", "macros", "tests", "analyses")
CRESCENDO = str(ROOT / ".venv" / "bin" / "crescendo")
LISTENERS, FILMS = 18012, 18013  # ports
KILLED = "build"
SETTINGS = {
    "CRESCENDO_SOURCES": "moovitamix,tmdb",
    "CRESCENDO_MOOVITAMIX_URL": f"http://127.0.0.1:{LISTENERS}",
    "CRESCENDO_TMDB_URL": f"http://127.0.0.1:{FILMS}",
    "TMDB_TOKEN": "of-the-simulators",
    "CRESCENDO_PUBLISH": "published/crescendo.duckdb",
    "CRESCENDO_MASK_KEY": "the key of this trial",
    "CRESCENDO_RETRY_SECONDS": "1",
}


def say(text: str) -> None:
    """A line for who waits."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


@contextmanager
def simulators(day: str) -> Iterator[None]:
    """Both sources as they are on a day."""
    words = (
        ("moovitamix", "--mode", "evolving", "--day", day, "--port", str(LISTENERS)),
        ("tmdb", "--films", "20", "--day", day, "--port", str(FILMS)),
    )
    started = [
        subprocess.Popen([CRESCENDO, "simulate", *each], env=os.environ | SETTINGS, stdout=subprocess.DEVNULL)
        for each in words
    ]
    try:
        for source, port in (("moovitamix", LISTENERS), ("tmdb", FILMS)):
            wait_for(source, port)
        yield
    finally:
        for process in started:
            process.terminate()
            process.wait()


def wait_for(source: str, port: int) -> None:
    """Until a simulator answers."""
    words = [CRESCENDO, "check", "--source", source, "--url", f"http://127.0.0.1:{port}"]
    for _ in range(60):
        done = subprocess.run(words, env=os.environ | SETTINGS, capture_output=True, text=True, check=False)
        if not done.returncode:
            return
        time.sleep(1)
    sys.exit(f"the simulator of {source} did not answer within a minute: {done.stdout}{done.stderr}")


def project(folder: Path) -> Path:
    """A folder with the project's models and no data."""
    folder.mkdir()
    for name in PROJECT:
        if (ROOT / name).exists():
            (folder / name).symlink_to(ROOT / name)
    return folder


def run(folder: Path, *words: str) -> None:
    """A command in a folder, to its end; what it said, if it fails."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CRESCENDO_")}
    done = subprocess.run(
        words, cwd=folder, env=environment | SETTINGS | {"CRESCENDO_HOME": str(folder), "CRESCENDO_BIN": CRESCENDO},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        sys.exit(f"{' '.join(words)} failed:\n{done.stdout[-6000:]}")


def kill_once(folder: Path, day: str, step: str, over: threading.Event) -> None:
    """Kill the process of a step, and what it started, two seconds after it began."""
    record = folder / ".crescendo.duckdb.runs" / "days" / f"{day}.json"
    while not over.wait(0.1):
        if record.exists() and json.loads(record.read_text())["steps"].get(step, {}).get("state") == "running":
            time.sleep(2)
            for process in Path("/proc").glob("[0-9]*"):
                words = _words(process)
                if words[-2:] == ["--step", step] and (process / "cwd").resolve() == folder:
                    os.killpg(os.getpgid(int(process.name)), signal.SIGKILL)
                    say(f"killed {step} of {day}")
                    return


def _words(process: Path) -> list[str]:
    try:
        return (process / "cmdline").read_text().rstrip("\0").split("\0")
    except OSError:  # it has ended
        return []


def main() -> int:
    """The exit code of the comparison."""
    days = sys.argv[1:] or ["2025-05-24", "2025-05-25"]
    with tempfile.TemporaryDirectory(prefix="crescendo-airflow-") as name:
        plain, scheduled = project(Path(name) / "plain"), project(Path(name) / "airflow")
        for day in days:
            with simulators(day):
                run(plain, CRESCENDO, "daily", "--date", day)
                say(f"{day}: done without Airflow")
                over = threading.Event()
                if day == days[-1]:
                    threading.Thread(target=kill_once, args=(scheduled, day, KILLED, over), daemon=True).start()
                run(scheduled, shutil.which("airflow") or "airflow", "dags", "test", "crescendo_daily", day)
                over.set()
                say(f"{day}: done by Airflow")
        compare = [sys.executable, str(ROOT / "orchestration" / "compare.py")]
        files = [str(folder / "published" / "crescendo.duckdb") for folder in (plain, scheduled)]
        return subprocess.run([*compare, *files], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
