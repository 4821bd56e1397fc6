"""Reports and API pages, loaded: seconds, memory, and the same files read by hand in DuckDB, by pandas and by dlt.

    python scripts/bench/load.py --peer-python /path/to/python

Measures the loader against the DuckDB statements that only read and unnest the same report (no ledger, no checks, no
identity), and against the peers per point. The peers need requirements-bench.txt, in an environment of its own, and
read fewer records: `--peer-songs`, `--peer-pages`. Everything runs `--rounds` times, the fastest counts. Writes to a
folder of its own, which is removed. Targets: a report in 1.5 times the bare statements, 2.5 times faster than pandas
and 100 times faster than dlt, within 1 GiB; pages at a million points a second on two cores, 100 times dlt and 10 times
`pandas.json_normalize`.
"""

import argparse
import json
import os
import sys
import tempfile
from datetime import date, timedelta
from pathlib import Path

import duckdb
from measure import Spent, run

POINTS, LAST_DAY = 2900, date(2025, 5, 26)
CRESCENDO = str(Path(sys.executable).with_name("crescendo"))
# the fastest of the ways tried: no guess at the dialect, texts first, then each table from them
BARE = """
import duckdb, sys
c = duckdb.connect(sys.argv[1] + "/bare.duckdb")
names = ("song_id", "title", "artist", "release_date", "image_url", "timeSeries", "summaries")
columns = dict.fromkeys(names, "varchar")
c.execute(f'''
create temp table sent as from read_csv(?, auto_detect = false, header = true, quote = '"', columns = {columns})
''', [sys.argv[2]])
c.execute("create table songs as select * exclude (timeSeries, summaries) from sent")
c.execute('''
create table points as
select song_id, unnest(from_json(timeSeries,
    '[{"date": "DATE", "spotify-streams": "BIGINT", "spotify-popularity": "BIGINT"}]'), recursive := true)
from sent
''')
c.execute('''
create table summaries as
select song_id, s.key, s.value.value, s.value.metric, s.value.firstDataPointDate, s.value.lastDataPointDate,
    p.key as period, p.value.evolution, p.value.percentEvolution
from (
    select song_id, s, unnest(map_entries(s.value.periods)) as p
    from (
        select song_id, unnest(map_entries(from_json(summaries, '"MAP(VARCHAR, STRUCT(value DOUBLE, metric VARCHAR, ' ||
            'periods MAP(VARCHAR, STRUCT(evolution DOUBLE, percentEvolution DOUBLE)), ' ||
            'firstDataPointDate DATE, lastDataPointDate DATE))"'))) as s
        from sent
    )
)
''')
"""
PANDAS_REPORT = r"""
import duckdb, json, pandas, sys
songs = pandas.read_csv(sys.argv[2], dtype=str).rename(columns={"1\tsong_id": "song_id"})
points, summaries = [], []
for song, series, summary in zip(songs["song_id"], songs["timeSeries"], songs["summaries"]):
    try:
        points += [{"song_id": song, **point} for point in json.loads(series)]
        summaries += [
            {"song_id": song, "metric": metric, "value": said["value"], "period": period, **change}
            for metric, said in json.loads(summary).items() for period, change in said["periods"].items()
        ]
    except (TypeError, ValueError):
        continue
points, summaries = pandas.DataFrame(points), pandas.DataFrame(summaries)
points["date"] = pandas.to_datetime(points["date"])
songs = songs.drop(columns=["timeSeries", "summaries"])
c = duckdb.connect(sys.argv[1] + "/pandas.duckdb")
for name in ("songs", "points", "summaries"):
    c.execute(f"create table {name} as from {name}")
"""
DLT_REPORT = """
import csv, dlt, json, sys
csv.field_size_limit(1 << 30)
def songs():
    for row in csv.DictReader(open(sys.argv[2], encoding="utf-8", newline="")):
        try:
            yield row | {name: json.loads(row[name] or "null") for name in ("timeSeries", "summaries")}
        except (TypeError, ValueError):
            continue
pipeline = dlt.pipeline("report", destination=dlt.destinations.duckdb(sys.argv[1] + "/dlt.duckdb"),
    dataset_name="raw", pipelines_dir=sys.argv[1])
pipeline.run(songs(), table_name="songs")
"""
DLT_PAGES = """
import dlt, glob, json, sys
pipeline = dlt.pipeline("pages", destination=dlt.destinations.duckdb(sys.argv[1] + "/dlt.duckdb"),
    dataset_name="raw", pipelines_dir=sys.argv[1])
pages = (json.load(open(path, encoding="utf-8")) for path in sorted(glob.glob(sys.argv[2] + "/*.json")))
pipeline.run(pages, table_name="pages")
"""
PANDAS_PAGES = """
import glob, json, pandas, sys
for path in sorted(glob.glob(sys.argv[2] + "/*.json")):
    page = json.load(open(path, encoding="utf-8"))
    pandas.json_normalize(page, ["items", "plots"], [["related", "uuid"], ["items", "date"]], errors="ignore")
"""
NO_TELEMETRY = {"RUNTIME__DLTHUB_TELEMETRY": "false", "DO_NOT_TRACK": "1"}


def sample(folder: Path, songs: int) -> Path:
    """A report of so many songs over 390 days, without the half record at its end, over which peers fall."""
    words = [
        "sample",
        "--songs",
        str(songs),
        "--days",
        "390",
        "--artists",
        "0",
        "--listening-days",
        "0",
        "--lead-days",
        "0",
        "--film-days",
        "0",
    ]
    run([CRESCENDO, *words, "--to", str(folder)])
    [path] = folder.glob("*.csv")
    os.truncate(path, path.read_bytes().rindex(b"\n") + 1)
    return path


def write_pages(folder: Path, pages: int) -> None:
    """The audience of a song a page, newest day first, one identifier a day."""
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


def fastest(name: str, command: list[str], environment: dict[str, str], points: int, rounds: int) -> Spent:
    """Run a command over some points a few times, each in a folder of its own; tell and return its fastest run."""
    spent = []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory(prefix="crescendo-round-") as folder:
            words = [word.replace("FOLDER", folder) for word in command]
            own = {key: value.replace("FOLDER", folder) for key, value in environment.items()}
            spent.append(run(words, own))
    best = min(spent, key=lambda one: one.cpu)
    print(f"{name:28}{best} {points / best.cpu:>12,.0f} points/CPU s {points:>12,} points", flush=True)
    return best


def report(options: argparse.Namespace, folder: Path) -> None:
    """The report file, whole for the loader and the bare statements, its beginning for the peers."""
    path, few = sample(folder / "report", options.songs), sample(folder / "few", options.peer_songs)
    warehouse = {"CRESCENDO_DB": "FOLDER/x.duckdb"}
    counted = {}
    for name, file in (("all", path), ("few", few)):
        own = {"CRESCENDO_DB": str(folder / f"{name}.duckdb")}
        run([CRESCENDO, "load", str(file)], own)
        with duckdb.connect(own["CRESCENDO_DB"], read_only=True) as connection:
            [counted[name]] = connection.execute(
                "select count(*) from raw_soundcharts.report_songs__time_series"
            ).fetchone()
    print(f"report of {options.songs:,} songs, {path.stat().st_size / 1e6:,.0f} MB")
    bare = fastest("bare DuckDB", [sys.executable, "-c", BARE, "FOLDER", str(path)], {}, counted["all"], options.rounds)
    own = fastest("crescendo load", [CRESCENDO, "load", str(path)], warehouse, counted["all"], options.rounds)
    print(f"{'':28}{own.cpu / bare.cpu:.2f} times the CPU of the bare statements, {own.wall / bare.wall:.2f} the time")
    for name, script in (("pandas", PANDAS_REPORT), ("dlt", DLT_REPORT)):
        command = [options.peer_python, "-c", script, "FOLDER", str(path if name == "pandas" else few)]
        points = counted["all" if name == "pandas" else "few"]
        peer = fastest(name, command, NO_TELEMETRY, points, 1 if name == "dlt" else options.rounds)
        tell(peer, points, own, counted["all"])


def pages(options: argparse.Namespace, folder: Path) -> None:
    """Pages of long series, all for the loader, some for the peers."""
    write_pages(folder / "pages", options.pages)
    write_pages(folder / "some", options.peer_pages)
    size = sum(path.stat().st_size for path in (folder / "pages").iterdir())
    print(f"{options.pages:,} pages of {POINTS:,} days, {size / 1e6:,.0f} MB")
    command = [CRESCENDO, "load", str(folder / "pages")]
    points = options.pages * POINTS
    own = fastest("crescendo load", command, {"CRESCENDO_DB": "FOLDER/x.duckdb"}, points, options.rounds)
    print(f"{'':28}{points / own.wall:,.0f} points a second")
    for name, script in (("pandas.json_normalize", PANDAS_PAGES), ("dlt", DLT_PAGES)):
        command = [options.peer_python, "-c", script, "FOLDER", str(folder / "some")]
        some = options.peer_pages * POINTS
        tell(fastest(name, command, NO_TELEMETRY, some, 1), some, own, points)


def tell(peer: Spent, peer_points: int, own: Spent, points: int) -> None:
    """Print how much more a peer takes for a point."""
    cpu = (peer.cpu / peer_points) / (own.cpu / points)
    print(
        f"{'':28}{cpu:.1f} times the CPU, {(peer.wall / peer_points) / (own.wall / points):.1f} times the time a point"
    )


def main() -> None:
    """Measure what is asked for: report, pages, or both."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="*", choices=["report", "pages", []], default=["report", "pages"])
    parser.add_argument("--songs", type=int, default=12320)
    parser.add_argument("--peer-songs", type=int, default=300)
    parser.add_argument("--pages", type=int, default=2000)
    parser.add_argument("--peer-pages", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peer-python", default=sys.executable, help="Python with requirements-bench.txt.")
    options = parser.parse_args()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; the fastest of {options.rounds} rounds")
    for what in options.what:
        with tempfile.TemporaryDirectory(prefix="crescendo-bench-") as folder:
            {"report": report, "pages": pages}[what](options, Path(folder))


if __name__ == "__main__":
    main()
