"""What `crescendo build` costs after new files of one source, beside the first build and one after nothing.

In a folder of its own that is thrown away: a sample, its first build, then new files and a build after each kind,
all in CPU seconds with children, which other work on the machine does not change:

    .venv/bin/python scripts/bench/stale.py
"""

import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROJECT = ("dbt_project.yml", "profiles.yml", "models", "seeds", "macros", "tests", "analyses")


def new_page(folder: Path) -> None:
    """An answer on a song, asked for a day later than all others, with other values."""
    pages = folder.glob("sample/soundcharts/*/song-audience__*__spotify__*.json")
    first = min(page for page in pages if "request" not in page.name)
    later = folder / "sample/soundcharts/2025-06-15"
    later.mkdir()
    grown = re.sub(r'"value": ?(\d+)', lambda found: f'"value": {int(found[1]) + 3}', first.read_text())
    (later / first.name).write_text(grown)
    request = first.with_name(first.name.replace(".json", ".request.json"))
    if request.exists():
        (later / request.name).write_text(request.read_text())


def new_leads(folder: Path) -> None:
    """The first half of the lines of a file of leads, under another name and of other people."""
    file = min(folder.glob("sample/leads/leads-*.jsonl"))
    lines = file.read_text().splitlines(keepends=True)[::2]
    other = [re.sub(r'("lead_id": ?")', r"\g<1>new-", line) for line in lines]
    file.with_name("leads-new.jsonl").write_text("".join(other))


STEPS: tuple[tuple[str, Callable[[Path], None]], ...] = (
    ("the first build", lambda _: None),
    ("one new file of songs", new_page),
    ("one new file of leads", new_leads),
    ("nothing", lambda _: None),
)


def build(folder: Path) -> tuple[float, float, str]:
    """CPU seconds and seconds of a build, and what it says that it built and kept."""
    environment = os.environ | {"CRESCENDO_DB": str(folder / "crescendo.duckdb"), "DO_NOT_TRACK": "1"}
    environment |= {"DBT_TARGET_PATH": str(folder / "target"), "DBT_LOG_PATH": str(folder / "logs")}
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    command = [sys.executable, "-m", "crescendo.cli", "build"]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        sys.exit(done.stdout + done.stderr)
    said = [line for line in done.stdout.splitlines() if line.startswith(("Built", "Kept", "Nothing", "Took"))]
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return used, time.monotonic() - began, "; ".join(" ".join(line.split()) for line in said)


def main() -> None:
    """Print a table of the steps."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        for name in PROJECT:
            (folder / name).symlink_to(ROOT / name)
        print("| a build after | CPU s | s | load | |\n|---|---|---|---|---|")
        for name, arrive in STEPS:
            arrive(folder)
            used, seconds, said = build(folder)
            print(f"| {name} | {used:.1f} | {seconds:.1f} | {os.getloadavg()[0]:.0f} | {said} |", flush=True)


if __name__ == "__main__":
    main()
