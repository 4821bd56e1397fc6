"""Chart files: as enthusiasts publish them, line ends mixed and all."""

import gzip
import itertools
import os
from pathlib import Path

import duckdb
import pytest
from conftest import crescendo, project_in
from crescendo.app import draw, look, state, words

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


def luminance(colour):
    """Relative luminance, 0 to 1, as WCAG 2.2 defines it for sRGB."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def lightness(colour):
    """How light a colour's grey looks, 0 to 100: L* of CIE 1976."""
    light = luminance(colour)
    return 116 * light ** (1 / 3) - 16 if light > 0.008856 else 903.3 * light


def contrast(one, other):
    """From 1 to 21, as WCAG 2.2 defines it."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_colours_differ_in_grey():
    greys = [lightness(colour) for colour in look.PALETTE]
    assert min(abs(a - b) for a, b in itertools.combinations(greys, 2)) >= 7
    assert min(abs(a - b) for a, b in itertools.pairwise(greys)) >= 14
    # as many subjects as a chart takes
    assert min(abs(a - b) for a, b in itertools.combinations(greys[: state.MOST_SUBJECTS], 2)) >= 9


def test_words_are_legible_on_what_is_behind_them():
    for ink in (look.INK, look.MUTED, look.ACCENT):
        assert contrast(ink, look.PAPER) >= 4.5
    for colour in look.PALETTE:
        assert contrast(look.INK if colour in look.PALE else look.PAPER, colour) >= 4.5, colour


def test_lines_differ_without_their_colours():
    names = [f"channel {number}" for number in range(len(look.DASHES))]
    rows = [{"step": step, "name": name, "value": 1.0} for name in names for step in ("2025-W01", "2025-W02")]
    dash = draw.line(rows, "EUR", "").spec()["encoding"]["strokeDash"]
    assert dash["field"] == "name" and dash["scale"]["domain"] == names
    assert len({tuple(one) for one in dash["scale"]["range"]}) == len(names)
    days = [
        {"name": name, "range": span, "date": "2025-01-01", "value": 1, "segment": "1", "mark": "", "said": "",
         "alone": False} for name in names[:2] for span in ("this window", "the window before")
    ]  # fmt: skip
    lines = draw.course(days, "streams", "", from_zero=False).spec()["layer"][0]["encoding"]["strokeDash"]
    assert lines["field"] == "range" and len({tuple(one) for one in lines["scale"]["range"]}) == 2
    assert len(set(draw.SHAPES)) == len(draw.SHAPES) >= len(words.MARKS)
