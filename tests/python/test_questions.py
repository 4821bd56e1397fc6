"""Questions from the command line and from a notebook, on the sample's warehouse."""

import csv
import io
import json
import re
import shutil
from datetime import date

import crescendo as notebook
import duckdb
import pytest
from conftest import ROOT, crescendo, dbt, project_in
from crescendo.errors import CrescendoError
from crescendo.publish import spreadsheet

WINDOW = ("--from", "2025-04-01", "--to", "2025-04-30")
GROWTH_COLUMNS = [
    "subject_id",
    "name",
    "platform",
    "metric",
    "unit",
    "from_date",
    "to_date",
    "start_value",
    "start_observed_date",
    "start_age_days",
    "end_value",
    "end_observed_date",
    "end_age_days",
    "growth",
    "growth_pct",
    "gained",
    "previous_gained",
    "period_change_pct",
    "daily_rate_pct",
    "observed_days",
    "expected_days",
    "coverage_ratio",
    "correction_count",
    "restatement_count",
    "reset_count",
    "is_new",
    "status",
]


@pytest.fixture
def ask(built):
    environment = project_in(built)
    return lambda *words: crescendo(built, environment, *words)


@pytest.fixture
def warehouse(built, monkeypatch):
    monkeypatch.setenv("CRESCENDO_DB", str(built / "crescendo.duckdb"))


def test_what_does_not_add_up_is_said_so(ask):
    said = ask("growth", "--last", "7d", "--by", "platform", "--metric", "monthly_listeners")
    assert said.returncode == 2
    assert "monthly_listeners does not add up by platform: ask --by artist" in said.stderr
    assert "(add_over_platform is never in its row of seeds/metric_catalog.csv)" in said.stderr


def test_a_window_shorter_than_what_a_metric_rolls_over_is_warned_of(ask):
    words = ("growth", "--by", "artist", "--metric", "monthly_listeners", "--last")
    assert "warning: monthly_listeners counts 28 days at a time" in ask(*words, "27d").stderr
    assert "warning" not in ask(*words, "28d").stderr
    assert "warning" not in ask("growth", "--last", "7d").stderr


def test_songs_and_artists_of_a_platform_are_told_apart(ask):
    table = ask("growth", *WINDOW, "--by", "platform", "--metric", "plays").stdout
    rows = [line.split()[:2] for line in table.splitlines() if line.strip().startswith("Audiomack")]
    assert sorted(rows) == [["Audiomack", "artist"], ["Audiomack", "song"]]
    only_artists = ask("growth", *WINDOW, "--by", "artist", "--metric", "followers").stdout
    assert "followers" in only_artists and " of " not in only_artists.splitlines()[1]


@pytest.mark.parametrize("by", ["song", "artist", "platform", "series"])
def test_json_has_the_columns_of_the_definition(ask, by):
    rows = json.loads(ask("growth", *WINDOW, "--by", by, "--format", "json").stdout)
    assert rows
    assert set(GROWTH_COLUMNS) <= set(rows[0])


@pytest.mark.parametrize("by", ["song", "artist", "platform"])
def test_averages_answer(ask, by):
    rows = json.loads(ask("averages", *WINDOW, "--by", by, "--format", "json").stdout)
    assert rows
    assert {"coverage_ratio", "from_date", "to_date"} <= set(rows[0])


def test_a_table_ranks_by_growth_and_says_its_window(ask):
    said = ask("growth", "--last", "28d", "--by", "artist", "--top", "10").stdout.splitlines()
    assert said[0].startswith("Growth of streams by artist, 2025-04-")
    assert "(28 days), spotify; ended " in said[0]
    assert said[1].split()[:3] == ["name", "from", "to"]
    assert all(line.split()[-1] for line in said[2:12])


def test_csv_is_csv(ask):
    rows = list(csv.DictReader(io.StringIO(ask("growth", *WINDOW, "--top", "3", "--format", "csv").stdout)))
    assert len(rows) == 3
    assert rows[0]["to_date"] == "2025-04-30"


FORMULAS = [
    "=1", "+1", "-1", "@x", "\tx", "\rx", "\n=1+1", "\x00=1", "\u200b=1", "\ufeff+1", "\f=1", "  =1", "\xa0@x",
    "＝1", "＋1", "－1", "＠x", "\u3000＝1", "\x85=1", "−1", "\u2060-1", "\x1b[0m",  # noqa: RUF001
]  # fmt: skip
HARMLESS = ["a=b", " ok", "\u200bok", "é", "音楽", "1-2", "", "'=1", "it's", -1.5, None]


def test_texts_that_a_spreadsheet_would_compute_get_an_apostrophe_and_others_are_left():
    assert [spreadsheet.safe(value) for value in FORMULAS] == [f"'{value}" for value in FORMULAS]
    assert [spreadsheet.safe(value) for value in HARMLESS] == HARMLESS
    with duckdb.connect() as connection:
        for value in FORMULAS + [value for value in HARMLESS if isinstance(value, str)]:
            sql = f"select {spreadsheet.safe_sql('x')} from (select ? as x)"
            assert connection.execute(sql, [value]).fetchone() == (spreadsheet.safe(value),)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "give a window"),
        (("--from", "2025-04-30", "--to", "2025-04-01"), "not after its start"),
        (("--from", "2025-04-30", "--to", "2025-04-30"), "not after its start"),
        (("--from", "2025-02-30", "--to", "2025-04-01"), "there is no day --from '2025-02-30'"),
        (("--from", "1999-01-01", "--to", "1999-02-01"), "before all data: they begin on 20"),
        (("--from", "2040-01-01", "--to", "2040-02-01"), "in the future: today is 20"),
        (("--last", "4 weeks"), "invalid --last"),
        (("--last", "28d", "--to", "2025-04-01"), "give one window"),
        ((*WINDOW, "--metric", "steams"), "did you mean streams?"),
        ((*WINDOW, "--platform", "spotfy"), "did you mean spotify?"),
        ((*WINDOW, "--by", "planet"), "choose one of ad_platform, album, artist, brand, channel,"),
        ((*WINDOW, "--sort", "growht"), "did you mean growth"),
        ((*WINDOW, "--top", "-1"), "--top"),
        ((*WINDOW, "--top", "0"), "--top"),
        ((*WINDOW, "--name", "caf\udce9"), "type it as UTF-8"),
        ((*WINDOW, "--name", "\x1b[31mred"), "\\x1b[31mred"),
        (("--last", "٢٨d"), "invalid --last"),
        ((*WINDOW, "--by", "artist", "--metric", "listens"), "no artist has observations of listens: ask --by track"),
        (("--last", "28d", "--by", "platform", "--metric", "listens", "--platform", "spotify"), "no metric 'listens'"),
        ((*WINDOW, "--name", "zzzz qqqq"), "no name matches 'zzzz qqqq'; closest:"),
    ],
)
def test_what_cannot_be_answered_is_said_and_ends_with_2(ask, words, said):
    done = ask("growth", *words)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_notebook_gets_typed_columns(warehouse):
    frame = notebook.growth("2025-04-01", date(2025, 4, 30), by="artist", top=5)
    again = notebook.growth("2025-04-01", "2025-04-30", by="artist", top=5)  # the module must not hide the function
    assert len(frame) == len(again) == 5
    kinds = {column: str(frame.dtypes[column]) for column in ("name", "to_date", "growth", "observed_days", "is_new")}
    assert kinds == {
        "name": "string",
        "to_date": "datetime64[s]",
        "growth": "Float64",
        "observed_days": "Int64",
        "is_new": "boolean",
    }
    with pytest.raises(CrescendoError, match="no metric"):
        notebook.averages(last="28d", metric="steams")


def test_sorting_turns_and_breaks_ties_by_name(warehouse):
    ordered = notebook.growth(last="28d", by="song", sort="-name")["name"].tolist()
    assert ordered == sorted(ordered, reverse=True)


def test_a_mistake_in_a_notebook_is_said_in_words(warehouse):
    for asked, said in (
        ({"last": 28}, "last is a text, such as '28d', not 28"),
        ({"last": "28d", "top": -1}, "top is a number of rows"),
        ({"last": "28d", "top": "ten"}, "top is a number of rows"),
        ({"last": "28d", "by": None}, "by is a text"),
        ({"from_date": 20250401, "to_date": "2025-04-30"}, "invalid day from_date 20250401"),
    ):
        with pytest.raises(CrescendoError, match=said):
            notebook.growth(**asked)


def test_a_warehouse_without_observations_says_what_to_do(tmp_path):
    environment = project_in(tmp_path)
    (tmp_path / "mine.csv").write_text("song_id,title,artist,timeSeries\na,Own,Me,[]\n")
    assert crescendo(tmp_path, environment, "load", "mine.csv").returncode == 0
    said = crescendo(tmp_path, environment, "growth", "--last", "28d").stderr
    assert "has no growth yet: run `crescendo build`" in said
    words = ("build", "--exclude-resource-type", "unit_test", "--exclude-resource-type", "test")
    assert dbt(tmp_path, environment, *words).returncode == 0
    for verb in ("growth", "averages"):
        for window in (("--last", "28d"), WINDOW):
            done = crescendo(tmp_path, environment, verb, *window)
            assert done.returncode == 2
            assert "there are no observations yet: load files with" in done.stderr
            assert "Traceback" not in done.stderr


def test_a_title_cannot_steer_the_terminal(built, tmp_path):
    environment = project_in(tmp_path)
    shutil.copy(built / "crescendo.duckdb", tmp_path / "crescendo.duckdb")
    with duckdb.connect(environment["CRESCENDO_DB"]) as connection:
        connection.execute("update metrics.dim_subjects set name = chr(27) || '[31m' || name || chr(7)")
    for form in ("table", "json"):
        said = crescendo(tmp_path, environment, "growth", "--last", "28d", "--format", form).stdout
        assert "\x1b" not in said
        assert "\x07" not in said


@pytest.mark.parametrize("page", ["README.md", "docs/questions.md", "docs/runbook.md", "scripts/shell.sql"])
def test_april_in_sql_is_april_of_the_command(ask, built, page):
    """Growth of a month runs from the close of the day before it; SQL that says April must say 31 March."""
    [row] = json.loads(ask("growth", "--window", "2025-04", "--by", "song", "--top", "1", "--format", "json").stdout)
    calls = re.findall(r"metrics\.\w+\('([\d-]+)', '2025-04-30'\)", (ROOT / page).read_text())
    assert calls and set(calls) == {row["from_date"]}
    sql = f"select growth from metrics.song_growth('{calls[0]}', '2025-04-30') where subject = ? and metric = 'streams'"
    with duckdb.connect(str(built / "crescendo.duckdb"), read_only=True) as connection:
        found = connection.execute(f"{sql} and platform = 'spotify'", [row["subject_id"]]).fetchall()
    assert found == [(row["growth"],)]
