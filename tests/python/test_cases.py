"""Small inputs from outside, each with its right answer: loaded and built as a user does."""

import gzip
import os
import shutil
import subprocess
from pathlib import Path

import duckdb
import pytest
from conftest import crescendo, dbt, project_in

CASES = Path(__file__).parent / "cases"


def build(folder: Path, landing: Path) -> tuple[subprocess.CompletedProcess, duckdb.DuckDBPyConnection]:
    """Load a copy of `landing` in a project of its own and run plain `dbt build`, unit tests left out."""
    environment = project_in(folder)
    shutil.copytree(landing, folder / "landing", dirs_exist_ok=True)
    loaded = crescendo(folder, environment, "load")
    assert loaded.returncode == 0, loaded.stderr
    done = dbt(folder, environment, "build", "--quiet", "--exclude-resource-type", "unit_test")
    return done, duckdb.connect(environment["CRESCENDO_DB"], read_only=True)


VALUES = """
    select series.subject_id, series.metric_id, observations.observed_date::varchar, observations.value
    from metrics.fct_observations as observations inner join metrics.dim_series as series using (series_id)
    where observations.observed_date = '2026-05-01' order by all
"""


def test_a_track_that_is_heard_before_it_is_first_shown_counts_in_every_total(tmp_path):
    done, connection = build(tmp_path, CASES / "listening_heard_before_first_shown" / "in")
    assert done.returncode == 0, done.stdout
    assert connection.execute(VALUES).fetchall() == [
        ("genre:rock", "moovitamix:listens", "2026-05-01", 1),
        ("service:moovitamix", "moovitamix:active_users", "2026-05-01", 1),
        ("service:moovitamix", "moovitamix:listens", "2026-05-01", 1),
        ("track:1", "moovitamix:listens", "2026-05-01", 0),
        ("track:2", "moovitamix:listens", "2026-05-01", 1),
    ]


def test_spellings_of_one_credit_are_one_artist(tmp_path):
    done, connection = build(tmp_path, CASES / "two_spellings_of_one_name")
    assert done.returncode == 0, done.stdout
    assert connection.execute("select song_count from audience.dim_artists").fetchall() == [(2,)]


@pytest.mark.realdata
def test_two_real_daily_runs_build_with_every_listen_counted(tmp_path):
    folder = os.environ.get("CRESCENDO_REALDATA")
    if not folder:
        pytest.skip("CRESCENDO_REALDATA names no folder")
    # the newest histories of the runs began on these days
    for run, day in (("run_1", "2026-11-20"), ("run_2", "2026-11-21")):
        pages = tmp_path / "pages" / day
        pages.mkdir(parents=True)
        for path in (Path(folder) / "moovitamix_api" / run).glob("*.pages.jsonl.gz"):
            for number, line in enumerate(gzip.decompress(path.read_bytes()).splitlines(), start=1):
                (pages / f"{path.name.split('.')[0]}__p{number:04}.json").write_bytes(line)
    done, connection = build(tmp_path, tmp_path / "pages")
    assert done.returncode == 0, done.stdout
    events = """
        select count(*) from listening.fct_listens
        where listened_at::date between '2026-11-20' and '2026-11-21'
    """
    observed = """
        select sum(value) from metrics.fct_observations inner join metrics.dim_series using (series_id)
        where subject_id = 'service:moovitamix' and metric_id = 'moovitamix:listens'
    """
    [counts] = connection.execute(f"select ({events}), ({observed})").fetchall()
    assert counts[0] == counts[1] > 0
