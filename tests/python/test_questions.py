"""Questions from the command line and from a notebook, on the sample's warehouse."""

import csv
import io
import json
from datetime import date

import crescendo as notebook
import pytest
from conftest import crescendo, project_in
from crescendo.errors import CrescendoError
from crescendo.questions import spreadsheet_safe

WINDOW = ("--from", "2025-04-01", "--to", "2025-04-30")
GROWTH_COLUMNS = [
    "subject",
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
    assert "monthly_listeners does not add up to a platform's: ask --by artist" in said.stderr


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
    assert "(28 days)" in said[0]
    assert len(said) == 12


def test_csv_is_csv(ask):
    rows = list(csv.DictReader(io.StringIO(ask("growth", *WINDOW, "--top", "3", "--format", "csv").stdout)))
    assert len(rows) == 3
    assert rows[0]["to_date"] == "2025-04-30"


def test_texts_that_begin_like_a_formula_are_made_harmless_and_numbers_are_left():
    texts = ["=1+1", "+1", "-1", "@x", "\tx", "a=b", -1.5, None]
    assert [spreadsheet_safe(t) for t in texts] == ["'=1+1", "'+1", "'-1", "'@x", "'\tx", "a=b", -1.5, None]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "say a window"),
        (("--from", "2025-04-30", "--to", "2025-04-01"), "not after its start"),
        (("--from", "2025-04-30", "--to", "2025-04-30"), "not after its start"),
        (("--from", "2025-02-30", "--to", "2025-04-01"), "'2025-02-30' is no day"),
        (("--from", "1999-01-01", "--to", "1999-02-01"), "before all data: they begin on 20"),
        (("--from", "2040-01-01", "--to", "2040-02-01"), "after all data: they end on 2025-05-"),
        (("--last", "4 weeks"), "no length of time"),
        (("--last", "28d", "--to", "2025-04-01"), "not both"),
        ((*WINDOW, "--metric", "steams"), "did you mean streams?"),
        ((*WINDOW, "--platform", "spotfy"), "did you mean spotify?"),
        ((*WINDOW, "--by", "planet"), "choose one of artist"),
        ((*WINDOW, "--sort", "growht"), "did you mean growth"),
        ((*WINDOW, "--name", "zzzz qqqq"), "the nearest names are"),
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
