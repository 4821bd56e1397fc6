"""Pages of long series, loaded: points a second in wall and CPU time, and memory, beside dlt and pandas.

    python scripts/bench/pages.py --pages 2000

Needs requirements-bench.txt for the peers, which read `--peer-pages` of the same pages; what is not installed is left
out. Writes to a folder of its own, which is removed. Targets: a million points a second on two cores within 1 GiB, 100
times dlt and 10 times `pandas.json_normalize` per point.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

POINTS, LAST_DAY = 2900, date(2025, 5, 26)
PEERS = {
    "dlt": """
import dlt, glob, json, sys
pipeline = dlt.pipeline("pages", destination=dlt.destinations.duckdb(sys.argv[1] + "/dlt.duckdb"),
    dataset_name="raw", pipelines_dir=sys.argv[1])
pages = (json.load(open(path, encoding="utf-8")) for path in sorted(glob.glob(sys.argv[2] + "/*.json")))
pipeline.run(pages, table_name="pages")
""",
    "pandas.json_normalize": """
import glob, json, pandas, sys
for path in sorted(glob.glob(sys.argv[2] + "/*.json")):
    page = json.load(open(path, encoding="utf-8"))
    pandas.json_normalize(page, ["items", "plots"], [["related", "uuid"], ["items", "date"]], errors="ignore")
""",
}


def generate(folder: Path, pages: int) -> None:
    """Write the audience of a song a page, newest day first, one identifier a day."""
    folder.mkdir()
    days = [str(LAST_DAY - timedelta(back)) for back in range(POINTS)]
    for number in range(pages):
        uuid = f"bbbb2222-0000-4000-8000-{number:012d}"
        plots = [{"identifier": f"{number:022d}", "value": 3_400_118_000 - 997 * back} for back in range(POINTS)]
        page = {
            "related": {"uuid": uuid, "name": "Nuit Douce", "creditName": "Léa Marlot & Duo Brume"},
            "items": [
                {"date": f"{day}T00:00:00+00:00", "plots": [plot]} for day, plot in zip(days, plots, strict=True)
            ],
            "page": {"offset": 0, "limit": POINTS, "next": None, "previous": None, "total": POINTS},
            "errors": [],
        }
        path = folder / f"song-audience__{uuid}__spotify__{days[-1]}_{days[0]}__p0001.json"
        path.write_text(json.dumps(page, ensure_ascii=False), encoding="utf-8")


def measured(name: str, command: list[str], points: int, environment: dict[str, str] | None = None) -> float:
    """Run a command and print its figures; returns its CPU seconds a point, or nan where it failed."""
    started = time.monotonic()
    process = subprocess.Popen(
        command, env=os.environ | (environment or {}), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    said = process.stderr.read()
    _, status, used = os.wait4(process.pid, 0)
    if status:
        print(f"{name:24} failed: {said.decode(errors='replace').strip().splitlines()[-1:]}")
        return float("nan")
    wall, cpu = time.monotonic() - started, used.ru_utime + used.ru_stime
    print(
        f"{name:24} {points:>10,} points {wall:8.1f} s {cpu:8.1f} CPU s {points / wall:>12,.0f} points/s"
        f" {points / cpu:>12,.0f} points/CPU s {used.ru_maxrss / 1024:6.0f} MiB"
    )
    return cpu / points


def main() -> None:
    """Measure the loader, then its peers on fewer of the same pages."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=2000)
    parser.add_argument("--peer-pages", type=int, default=10)
    parser.add_argument("--peer-python", default=sys.executable, help="Python with requirements-bench.txt.")
    chosen = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with tempfile.TemporaryDirectory(prefix="crescendo-pages-") as name:
        folder = Path(name)
        generate(folder / "all", chosen.pages)
        generate(folder / "few", chosen.peer_pages)
        size = sum(path.stat().st_size for path in (folder / "all").iterdir())
        print(f"{chosen.pages} pages, {size / 1e6:,.0f} MB, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
        loader = [str(Path(sys.executable).with_name("crescendo")), "load", str(folder / "all"), "--format", "json"]
        own = measured("crescendo", loader, chosen.pages * POINTS, {"CRESCENDO_DB": str(folder / "bench.duckdb")})
        for peer, script in PEERS.items():
            command = [chosen.peer_python, "-c", script, name, str(folder / "few")]
            cost = measured(peer, command, chosen.peer_pages * POINTS)
            print(f"{'':24} {cost / own:.1f} times the CPU of crescendo per point")


if __name__ == "__main__":
    main()
