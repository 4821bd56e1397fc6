"""A subject on one screen, and answers as charts: what they say equals the table functions."""

import json
import re
import shutil
import xml.etree.ElementTree as ET
from pathlib import Path

import duckdb
import pytest
from conftest import ROOT, crescendo, project_in
from crescendo.ask import tables

SONG = "Über Postcard in Castelune"
README = (ROOT / "README.md").read_text("utf-8")


@pytest.fixture(scope="module")
def said(built):
    """What a command answers."""

    def run(*words, code=0):
        done = crescendo(built, project_in(built) | {"COLUMNS": "120", "LANG": "C.UTF-8"}, *words)
        assert done.returncode == code, done.stderr
        return done.stdout + done.stderr

    return run


@pytest.fixture(scope="module")
def expected(built):
    """The rows of a statement on the built sample."""

    def rows(sql):
        with duckdb.connect(str(built / "crescendo.duckdb"), read_only=True) as connection:
            return connection.execute(sql).fetchall()

    return rows


def test_a_subject_is_shown_with_its_course_growth_and_evidence(said, expected):
    shown = said("show", "uber postcrad")
    assert shown.startswith(f"{SONG}, song")
    assert len(shown.splitlines()) <= 32, "one screen"
    [line] = [line for line in shown.splitlines() if "26 weeks up to" in line]
    assert len(line.split("  ")[0]) == 26
    [(end,)] = expected("select complete_through_date from metrics.platform_completeness where platform = 'spotify'")
    assert str(end) in line
    answer = json.loads(said("show", SONG, "--platform", "spotify", "--metric", "streams", "--format", "json"))
    assert [row["window_name"] for row in answer["growth"]] == ["7d", "28d", "3m", "1y"]
    for row in answer["growth"]:
        days = f"date '{row['from_date']}', date '{row['to_date']}'"
        wanted = f"subject = '{row['subject_id']}' and platform = 'spotify' and metric = 'streams'"
        [own] = expected(f"from metrics.song_growth({days}) select growth, growth_pct, coverage_ratio where {wanted}")
        assert (row["growth"], row["growth_pct"], row["coverage_ratio"]) == own


def test_the_screen_of_a_group_says_that_windows_may_differ_in_members(said):
    """Over a year two more songs of the artist have no value at the start than over 28 days."""
    differ = "to and growth are of the members with a value on both days of the window"
    assert differ in said("show", "Léo, the Lamplighter")
    assert differ not in said("show", SONG)


def test_the_first_example_of_the_readme_is_what_comes(said):
    shown = re.search(r"```sh\n\.venv/bin/crescendo (growth [^\n]+)\n```\n\n```text\n(.*?)```", README, re.DOTALL)
    told = [line.rstrip() for line in said(*shown[1].split()).splitlines()]
    # the first line says how long ago the sample ends
    assert told[1:] == shown[2].splitlines()[1:]


def test_a_week_without_observations_is_a_blank(built, tmp_path):
    copy = Path(shutil.copy(built / "crescendo.duckdb", tmp_path / "crescendo.duckdb"))
    with duckdb.connect(str(copy)) as connection:
        connection.execute(
            "delete from metrics.fct_observations where observed_date between '2025-02-01' and '2025-02-28'"
        )
    done = crescendo(tmp_path, project_in(tmp_path), "show", SONG, "--platform", "spotify")
    [line] = [line for line in done.stdout.splitlines() if "26 weeks" in line]
    assert re.fullmatch(r"[^ ]+ {3}[^ ]+", line[:26]), "three whole weeks of February are gone"


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (["show", " "], "NAME is empty: type NAME"),
        (["show", "zzzzzzzzzzzz"], "no name matches"),
        (["show", SONG, "--type", "songs"], "did you mean song?"),
        (["show", SONG, "--platform", "spotfy"], "did you mean spotify?"),
        (["show", SONG, "--metric", "followers"], "nothing was counted of"),
        (["growth", "--last", "28d", "--chart", "answer.gif"], "answer.gif does not end in .svg, .png, .html"),
        (["growth", "--last", "28d", "--metric", "all", "--chart", "answer.svg"], "a chart is of one unit"),
        (["growth", "--last", "3m", "--by-month", "--by", "song", "--chart", "answer.svg"], "too many for one chart"),
    ],
)
def test_a_mistake_is_a_sentence(said, words, answer):
    last = said(*words, code=2).strip().splitlines()[-1]
    assert last.startswith("error: ")
    assert answer in last


@pytest.mark.parametrize("ending", ["svg", "png", "html"])
def test_growth_is_drawn_with_its_figures(said, expected, tmp_path, ending):
    path = tmp_path / f"songs.{ending}"
    answer = said("growth", "--last", "28d", "--by", "song", "--top", "3", "--format", "json", "--chart", str(path))
    rows = json.loads(answer[: answer.rindex("]") + 1])
    data = path.read_bytes()
    if ending == "png":
        assert data.startswith(b"\x89PNG")
        return
    if ending == "svg":
        texts = [text.text for text in ET.fromstring(data).iter("{http://www.w3.org/2000/svg}text")]
        assert {tables.shortened(row["growth"]) for row in rows} <= set(texts), "as the command itself shortens"
    else:
        assert all(str(int(row["growth"])) in data.decode() for row in rows)
        assert not re.search(rb"<(script|link)[^>]*(src|href)=.https?:", data), "it asks another host"


def test_a_notebook_gets_a_chart(built, monkeypatch):
    import altair
    import crescendo as package

    monkeypatch.setenv("CRESCENDO_DB", str(built / "crescendo.duckdb"))
    chart = package.chart(last="28d", by="song", top=3)
    assert isinstance(chart, altair.LayerChart)
    drawn = (
        chart.to_dict()["layer"][0]["data"]["values"]
        if "data" in chart.to_dict()["layer"][0]
        else chart.to_dict()["data"]["values"]
    )
    frame = package.growth(last="28d", by="song", top=3)
    assert [row["value"] for row in drawn] == list(frame["growth"])
    course = package.chart(last="28d", by="song", top=2, step="week")
    assert course.to_dict()["encoding"]["x"]["field"] == "date"
