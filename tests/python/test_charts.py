"""Chart files: as enthusiasts publish them, line ends mixed and all."""

import gzip
import os
from pathlib import Path

import duckdb
import pytest
from conftest import crescendo, project_in

HEADER = (
    "date,position,song,artist,popularity,duration_ms,album_type,total_tracks,release_date,is_explicit,album_cover_url"
)
SHARED = '2024-05-01,1,"Nuit, Douce",Léa & Brume,80,180500,single,1,2024-02-02,False,https://covers.example/1'


def line(day: int, position: int, song: str, popularity: int) -> str:
    return f"2024-05-{day:02},{position},{song},Léa,{popularity},200000,album,12,2020,True,https://covers.example/2"


def test_charts_load_whole_and_a_line_that_two_lists_share_is_remembered_for_both(tmp_path):
    landing = tmp_path / "landing"
    landing.mkdir()
    for number, name in enumerate(("world", "france")):
        own = [line(day, 2, f"Song {number}", 0 if day == 3 else 60 + day) for day in range(1, 4)]
        # header and first day end in LF, the rest in CRLF
        text = "\n".join([HEADER, SHARED, own[0]]) + "\n" + "\r\n".join(own[1:]) + "\r\n"
        (landing / f"top-50-{name}.csv.gz").write_bytes(gzip.compress(text.encode()))
    environment = project_in(tmp_path)
    done = crescendo(tmp_path, environment, "load", "landing")
    assert done.returncode == 0, done.stderr
    with duckdb.connect(environment["CRESCENDO_DB"], read_only=True) as connection:
        first = "select song, artist, popularity from raw_charts.entries where position = 1"
        assert connection.execute(first).fetchall() == [("Nuit, Douce", "Léa & Brume", 80)]
        assert connection.execute("select count(*) from raw_charts.entries").fetchone() == (7,)
        assert connection.execute("select count(*) from load_audit.file_records").fetchone() == (8,)
        assert connection.execute("select count(*) from load_audit.rejected_records").fetchone() == (0,)


@pytest.mark.realdata
@pytest.mark.skipif("CRESCENDO_REALDATA" not in os.environ, reason="CRESCENDO_REALDATA names no folder")
def test_the_report_runs_on_real_lists_end_to_end(tmp_path):
    landing = tmp_path / "landing"
    landing.mkdir()
    for path in Path(os.environ["CRESCENDO_REALDATA"], "spotify_top50_daily").glob("*.csv.gz"):
        (landing / path.name).write_bytes(path.read_bytes())
    environment = project_in(tmp_path)
    assert crescendo(tmp_path, environment, "build").returncode == 0
    with duckdb.connect(environment["CRESCENDO_DB"], read_only=True) as connection:
        count = "select count(*) from raw_charts.entries inner join load_audit.file_records using (_row_id)"
        assert connection.execute(count).fetchone() == (278_000,)
    done = crescendo(tmp_path, environment, "correlate", "--format", "html", "--to", "popularity.html")
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "popularity.html").read_text()
    assert "When this changes, the score of the song follows: best place in a chart" in page
