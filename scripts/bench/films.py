"""A million films, an export of their ids and a list each day: what a rebuild costs, and one more day.

    python scripts/bench/films.py --films 1000000 --days 10 50 100  # without options a quick look

Days before the newest are written into the raw tables and the ledger as the loader leaves them, one load a day. The
newest is a file, loaded and built, and then a day that comes late by two. One warehouse grows from one number of days
to the next, in a folder that is removed. Growth of all films is asked at the end of each. On a busy machine believe the
CPU seconds. dbt's own start, which any selection pays, is told apart: that of a run of one small view.
"""

import argparse
import os
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from statistics import median

import duckdb
import yaml
from growth import MODELS, apart
from leads import slowest
from measure import Spent, run

ROOT = Path(__file__).parents[2]
FIRST = date(2026, 1, 1)
FILMS = tuple(f"path:models/{folder}" for folder in ("staging/tmdb", "intermediate/films", "marts/films"))
FILMS += ("int_quality_films_found",)
SPINE = (*MODELS[3:], "int_subjects_received", "dim_subjects", "int_memberships_received")
SMALL = "int_leads_numbers_joined"
# of film n on day d: a score that drifts, of most films next to nothing; five hundred films are new each day
SCORE = """
    round(exp(4 - 6 * (hash(n * 7) % 1000) / 1000) * (1 + 0.3 * sin(d / 9.0 + n)) + hash(n * 1009 + d) % 100 / 500.0, 4)
"""
SEEN = "hash(n * 31 + d) % 1000 > 0"
EXPORTED = f"""
    select n, d, {SCORE} as popularity, n % 50 = 7 as adult, 'Film of the number ' || n as title
    from range({{films}} + 500 * {{last}}) as numbers(n), range({{first}}, {{last}}) as days(d)
    where n < {{films}} + 500 * d and {SEEN}
"""
# the numbers of loads leave room for those of the loader
FILL = """
    create temp table filled as
        select d, 100 * d + 100 as _load_id, 100 * d + 100 as _file_id,
            (date '{day}' + d::integer)::varchar as asked_folder,
            timestamp '{day}' + interval (d) day + interval 6 hour as started_at
        from range({first}, {last}) as days(d);
    insert into load_audit.loads by name
        select _load_id, started_at, started_at as finished_at, '0' as version from filled;
    insert into load_audit.files by name
        select _file_id, _load_id, 'tmdb' as source, 'movie-ids' as document, '/bench/' || d as path,
            d::varchar as content_sha256, 1 as size_bytes, 'loaded' as status, true as is_current
        from filled;
    insert into raw_tmdb.movie_ids by name
        select uuid() as _row_id, asked_folder, adult, n as id, title as original_title, popularity, false as video,
            n as _index, _file_id, _load_id
        from ({exported}) inner join filled using (d) order by d, n;
    insert into load_audit.file_records
        select _file_id, _row_id, 0, _index from raw_tmdb.movie_ids where _load_id in (select _load_id from filled);
    insert into raw_tmdb.movie_lists__results by name
        select uuid() as _parent_row_id, n as _index, false as adult, '[28,18]' as genre_ids, n as id,
            'en' as original_language, title as original_title, popularity, '2025-12-01' as release_date, title,
            false as video, 6.5 as vote_average, 1000 + 3 * d + n % 900 as vote_count, 'popular' as asked_list,
            asked_folder, n // 20 as page, _load_id
        from ({exported}) inner join filled using (d) where n < 200;
"""


def fill(path: Path, films: int, first: int, last: int) -> None:
    """Write days into the raw tables and the ledger, as a load of each would have left them."""
    with opened(path) as connection:
        exported = EXPORTED.format(films=films, first=first, last=last)
        connection.execute(FILL.format(day=FIRST, first=first, last=last, exported=exported))


def write(folder: Path, films: int, day: int) -> Path:
    """Write the export of one day as TMDb hands it over."""
    to = folder / f"{FIRST + timedelta(day)}"
    to.mkdir(parents=True)
    exported = EXPORTED.format(films=films, first=day, last=day + 1)
    line = "{'adult': adult, 'id': n, 'original_title': title, 'popularity': popularity, 'video': false}"
    with duckdb.connect() as connection:
        connection.execute(f"copy (select unnest({line}) from ({exported})) to '{to}/movie_ids.json' (format json)")
    return to


def opened(path: Path, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(str(path), read_only=read_only)
    connection.execute(f"set enable_progress_bar = false; set memory_limit = '{LIMIT}'")
    return connection


LIMIT = "6GB"


class Bench:
    """A warehouse that grows."""

    def __init__(self, folder: Path, films: int, with_spine: bool) -> None:
        self.folder, self.films, self.with_spine, self.days = folder, films, with_spine, 0
        self.path = folder / "b.duckdb"
        profile = yaml.safe_load((ROOT / "profiles.yml").read_text())
        profile["crescendo"]["outputs"] = {"duckdb": profile["crescendo"]["outputs"]["duckdb"]}
        profile["crescendo"]["outputs"]["duckdb"]["config_options"]["memory_limit"] = LIMIT
        (folder / "profiles.yml").write_text(yaml.safe_dump(profile))
        self.environment = {"CRESCENDO_DB": str(self.path), "DBT_TARGET_PATH": str(folder / "target")}
        self.environment |= {"DBT_LOG_PATH": str(folder / "logs")}
        self.dbt("seed")
        self.dbt("run")  # of nothing: what the spine unions has to be there

    def dbt(self, *words: str) -> Spent:
        command = [sys.executable, "-m", "dbt.cli.main", *words, "--project-dir", str(ROOT), "--quiet"]
        return run([*command, "--profiles-dir", str(self.folder)], self.environment)

    def build(self, what: str, *words: str) -> dict[str, Spent]:
        """Build the films and, if asked, the spine, and print what each took."""
        spent = {"films": self.told(f"{what}: films", self.dbt("run", *words, "--select", *FILMS))}
        if self.with_spine:
            spent["spine"] = self.told(f"{what}: spine", self.dbt("run", *words, "--select", *SPINE))
        return spent

    def told(self, name: str, spent: Spent, slow: bool = True) -> Spent:
        print(f"  {name:<28}{spent}; load average {os.getloadavg()[0]:.0f}", flush=True)
        if slow:
            print(f"    {slowest(self.folder / 'target')}", flush=True)
        return spent

    def load(self, what: str, day: int) -> None:
        folder = apart(write, self.folder / "land", self.films, day)
        command = [sys.executable, "-m", "crescendo.cli", "load", str(folder)]
        self.told(f"{what}: load", run(command, self.environment), slow=False)
        (folder / "movie_ids.json").unlink()

    def measure(self, days: int) -> None:
        """Grow to so many days, build them anew, and then one day more."""
        late = days - 3
        for first, last in ((self.days, late), (late + 1, days - 1)):
            apart(fill, self.path, self.films, first, last)
        print(f"{self.films:,} films and more, {days} days", flush=True)
        whole = self.build("all anew", "--full-refresh")
        self.load("a new day", days - 1)
        one = self.build("a new day")
        start = self.dbt("run", "--select", SMALL)
        self.told("dbt's own start", start, slow=False)
        for part, spent in one.items():
            ratio = (spent.cpu - start.cpu) / (whole[part].cpu - start.cpu)
            print(f"  {part}: a new day is {100 * ratio:.1f} % of all anew, without dbt's start", flush=True)
        self.load("a late day", late)
        self.build("a late day")
        self.days = days
        if self.with_spine:
            self.ask(days)
        with opened(self.path, read_only=True) as connection:
            found = "select count(*), count(distinct snapshot_date) from films.fct_movies_daily"
            print(f"  {connection.sql(found).fetchone()} film-days, days in fct_movies_daily; "
                  f"{self.path.stat().st_size / 1e9:.1f} GB", flush=True)  # fmt: skip

    def ask(self, days: int) -> None:
        """Growth of all films over windows, medians of five."""
        newest = FIRST + timedelta(days - 1)
        with opened(self.path, read_only=True) as connection:
            for length in (1, 7, 28, 90):
                if length >= days:
                    continue
                window = f"('{newest - timedelta(length)}', '{newest}')"
                asked = f"select count(*), sum(growth) from metrics.series_growth{window} where metric = 'popularity'"
                times = []
                for _ in range(5):
                    started, used = time.perf_counter(), time.process_time()
                    count = connection.execute(asked).fetchone()[0]
                    times.append((time.perf_counter() - started, time.process_time() - used))
                wall, cpu = (1e3 * median(part) for part in zip(*times, strict=True))
                print(f"  growth of {count:,} films over {length} days: {wall:.0f} ms, {cpu:.0f} CPU ms", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--films", type=int, default=20_000)
    parser.add_argument("--days", type=int, nargs="+", default=[10, 20])
    parser.add_argument("--without-spine", action="store_true")
    parser.add_argument("--folder", type=Path, help="Where to work; a temporary folder without it.")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="crescendo-bench-", dir=options.folder) as name:
        bench = Bench(Path(name), options.films, not options.without_spine)
        for days in options.days:
            bench.measure(days)


if __name__ == "__main__":
    main()
