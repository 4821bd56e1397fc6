"""What an analyst asks, on the sample, in a narrow and in a wide terminal."""

import json
import os
import re
import subprocess
import sys
from datetime import date

import crescendo as notebook
import duckdb
import pytest
from conftest import project_in
from crescendo.ask import texts
from crescendo.cli import main
from rich.cells import cell_len
from tasks import TASKS

FILES = ("markdown", "csv", "json")


@pytest.fixture
def ask(project, monkeypatch, capsys):
    """Ask as in a terminal of a width, in this process: what was said, and the code that it ended with."""

    def asked(width, *words):
        monkeypatch.setenv("COLUMNS", str(width))
        texts.choose("")
        texts.choose_here("")
        code = main([*words])
        said = capsys.readouterr()
        return subprocess.CompletedProcess(words, code, said.out, said.err)

    return asked


@pytest.mark.parametrize("width", [80, 140])
@pytest.mark.parametrize(("task", "words", "says"), TASKS, ids=[task for task, _words, _says in TASKS])
def test_a_task_is_answered(ask, task, words, says, width):
    done = ask(width, *words)
    assert done.returncode == 0, done.stderr
    for said in says:
        assert re.search(said, done.stdout), f"{task}: {said} is not in\n{done.stdout}"
    if not set(FILES) & set(words):
        title, *lines = done.stdout.splitlines()
        assert title
        wide = [line for line in lines if cell_len(line) > width and not re.search(r"[;:] |^against|^comparée", line)]
        assert not wide  # but sentences


def test_no_figure_is_cut_at_any_width(ask):
    whole = ask(200, "growth", "--last", "28d", "--by", "artist", "--wide").stdout.splitlines()
    figures = {re.split(r"\s{2,}", line)[1] for line in whole[2:12]}
    assert all(re.fullmatch(r"[\d,]+", figure) for figure in figures)
    for width in (60, 80, 100, 120, 160, 200):
        lines = ask(width, "growth", "--last", "28d", "--by", "artist", "--top", "10").stdout.splitlines()
        for line in lines[2:12]:
            for cell in re.split(r"\s{2,}", line.strip())[1:]:
                assert re.fullmatch(r"[+-]?[\d,.]+( [KMBT])?|[+-]?[\d.]+ ?%?|-|[\d-]+|[a-z ]+", cell), (width, line)


LONG = [
    ("growth", "--last", "7d", "--by", "platform", "--metric", "all"),
    ("growth", "--window", "2025-04", "--against", "year", "--by", "song"),
    ("averages", "--window", "ytd", "--by-month", "--by", "artist", "--name", "leo"),
    ("metrics", "--all"),
    ("find", "leo"),
    ("changes", "--all", "--lang", "fr"),
]


@pytest.mark.parametrize("width", [60, 100, 200])
@pytest.mark.parametrize("words", LONG, ids=[" ".join(words) for words in LONG])
def test_every_list_fits_and_only_names_are_cut(ask, words, width):
    lines = ask(width, *words).stdout.splitlines()
    assert len(lines) > 5
    assert not [line for line in lines if re.search(r"(^|\s{2,})[+-]?[\d,.\u202f]+…", line)]
    sentence = re.compile(r"[;:] | : |^against|^each row|^chaque")
    assert not [line for line in lines[1:] if cell_len(line) > width and not sentence.search(line)]


SCREENS = [("status", 24, "accounted for"), ("correlate", 20, "supported"), ("metrics", 24, "moovitamix")]
SCREENS += [("changes", 24, "Whose pace changed most")]


@pytest.mark.parametrize("width", [80, 140])
@pytest.mark.parametrize(("verb", "most", "says"), SCREENS)
def test_what_is_long_is_one_screen(ask, verb, most, says, width):
    lines = ask(width, verb).stdout.splitlines()
    assert len(lines) <= most
    assert says in "\n".join(lines)
    # the first names a path, a title is a sentence
    assert all(cell_len(line) <= width for line in lines[1:] if not line.startswith("Whose pace"))
    assert len(ask(width, verb, "--all").stdout.splitlines()) > 2 * most


MISTAKES = [
    (("growth", "--last", "28d", "--by", "artists"), "there is no type 'artists': did you mean artist"),
    (("growth", "--last", "28d", "--name", " "), "--name is empty: type --name TEXT, or leave it out"),
    (("find", ""), "TEXT is empty: type TEXT, for example `crescendo find"),
    (("growth", "--last", "28d", "--by", "artist", "--by", "song"), "--by takes one value, not 'artist song'"),
    (("growth", "--last", "28d", "--top", "1", "--top", "2"), "--top takes one value"),
    (("growth", "--window", "april"), "did you mean --window 2025-04?"),
    (("growth", "--window", "this-month"), "did you mean --window mtd?"),
    (("growth", "--from", "2025-05", "--to", "2025-05-14"), "leave it out for --window 2025-05"),
    (("growth", "--last", "28d", "--by-day", "--by-week"), "give one step"),
    (("growth", "--last", "28d", "--country", "france"), "--country keeps places: ask --by"),
    (("growth", "--last", "28d", "--by", "city", "--country", "frence"), "did you mean France?"),
    (("growth", "--last", "28d", "--by", "country", "--metric", "streams"), "by country there are "),
    (("find", "a", "--type", "sonk"), "there is no type 'sonk': did you mean song?"),
    (("metrics", "--platform", "spotfy"), "there is no platform 'spotfy': did you mean spotify?"),
    (("growth", "--last", "28d", "--metric", "spotify:streams"), "did you mean --platform spotify --metric streams?"),
    (("growth", "--last", "28d", "--metric", "nope"), "vote_count"),  # the last of all
    (("growth", "--last", "28d", "--sort", "-growht"), "there is no column 'growht': did you mean growth?"),
    (("growth", "--window", "lastmonth"), "did you mean --window last-month?"),
    (("growth", "--from", "1990-01-01", "--to", "1991-01-01"), "the window ends before all data"),
    (("averages", "--from", "2026-01-01", "--to", "2026-02-01"), "the window starts after all data"),
    (("publish", "postgres"), "set PGHOST and PGDATABASE"),
    (("growth", "--last", "28d", "--top", "-5"), "--top is a whole number from 1, not -5"),
    (("growth", "--last", "28d", "--sort", "nothing"), "there is no column 'nothing'"),
    (("growth", "--from", "2030-01-01", "--to", "2030-02-01"), "in the future"),
]


@pytest.mark.parametrize(("words", "said"), MISTAKES, ids=[" ".join(words) for words, _said in MISTAKES])
def test_a_mistake_is_one_sentence(ask, words, said, monkeypatch):
    monkeypatch.setenv("PGHOST", "")
    done = ask(100, *words)
    assert done.returncode == 2
    assert done.stderr.startswith("error: ") and done.stderr.count("\n") == 1
    assert said in done.stderr
    assert not done.stdout


def test_a_word_is_known_in_any_case(ask):
    words = ("growth", "--last", "28d", "--by", "artist", "--platform", "spotify", "--metric", "streams")
    typed = ("growth", "--last", "28d", "--by", "Artist", "--platform", "Spotify", "--metric", "STREAMS")
    assert ask(100, *typed).stdout == ask(100, *words).stdout
    assert ask(100, "metrics", "--platform", "YouTube").stdout.splitlines()[0].endswith(" metrics on youtube")


COMPLETED = [
    ("crescendo fi", 1, {"find"}),
    ("crescendo growth --by art", 3, {"artist"}),
    ("crescendo averages --metric STR", 3, {"streams"}),
    ("crescendo metrics --platform spo", 3, {"spotify"}),
    ("crescendo find --type so", 3, {"song", "source"}),
    ("crescendo growth --by-", 2, {"--by-day", "--by-week", "--by-month"}),
]


@pytest.mark.parametrize(("typed", "place", "offered"), COMPLETED)
def test_tab_offers_what_there_is(built, typed, place, offered):
    environment = os.environ | project_in(built) | {"COMP_WORDS": typed, "COMP_CWORD": str(place)}
    environment |= {"_CRESCENDO_COMPLETE": "bash_complete"}
    done = subprocess.run(
        [sys.executable, "-m", "crescendo"], env=environment, cwd=built, capture_output=True, text=True, check=True
    )
    assert {line.removeprefix("plain,") for line in done.stdout.splitlines()} == offered


IN_A_NOTEBOOK = [
    ({"last": "28d", "within": "artist"}, TypeError, "within is a dict such as"),
    ({"last": "28d", "within": ["artist"]}, TypeError, "within is a dict such as"),
    ({"last": 28}, notebook.CrescendoError, "last is a text, such as '28d', not 28"),
    ({"last": "28d", "window": "ytd"}, notebook.CrescendoError, "give one window"),
    ({"last": "28d", "top": -5}, notebook.CrescendoError, "top is a number of rows from 1, not -5"),
    ({"last": "28d", "top": "5"}, notebook.CrescendoError, "top is a number of rows from 1, not '5'"),
    ({"last": "28d", "sort": "nothing"}, notebook.CrescendoError, "there is no column 'nothing'"),
    ({"last": "28d", "by": None}, notebook.CrescendoError, "by is a text, not None"),
    ({"last": "28d", "name": 5}, notebook.CrescendoError, "name 1 is a text, not 5"),
    ({"last": "28d", "against": "last year"}, notebook.CrescendoError, "there is no against 'last year'"),
    ({"last": "28d", "step": "quarter"}, notebook.CrescendoError, "there is no step 'quarter'"),
    ({"from_date": "2025-04-30", "to_date": "2025-04-01"}, notebook.CrescendoError, "not after its start"),
    ({"from_date": "2030-01-01", "to_date": "2030-02-01"}, notebook.CrescendoError, "in the future"),
    ({"from_date": 20250401, "to_date": "2025-04-30"}, notebook.CrescendoError, "write it as 2025-04-30"),
    ({"last": "28d", "to": "a.csv"}, TypeError, "growth() has no argument 'to'"),
    ({}, notebook.CrescendoError, "give a window"),
]


@pytest.mark.parametrize(("words", "error", "said"), IN_A_NOTEBOOK)
def test_a_mistake_in_a_notebook_has_words(words, error, said, built, monkeypatch):
    monkeypatch.setenv("CRESCENDO_DB", str(built / "crescendo.duckdb"))
    texts.choose("en")
    with pytest.raises(error) as raised:
        notebook.growth(**words)
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)


def counted(built, sql):
    with duckdb.connect(str(built / "crescendo.duckdb"), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def test_a_ranking_says_how_many_have_no_place_and_why(ask, built):
    said = ask(200, "growth", "--last", "1y", "--by", "song", "--sort", "growth_pct", "--top", "3").stdout
    start, end = re.search(r"([\d-]{10}) to ([\d-]{10})", said).groups()
    rows = counted(
        built,
        f"select s.label_en, count(*), count(*) filter (where growth_pct is null)"
        f" from metrics.song_growth('{start}', '{end}') inner join metrics.dim_growth_statuses as s using (status)"
        " where metric = 'streams' and platform = 'spotify' group by all",
    )
    without = {label: count for label, _all, count in rows if count}
    assert len(without) > 1
    found = re.search(r"^3 of (\d+) rows; (\d+) have no growth % and come last \((.*)\)$", said, re.M)
    assert (int(found[1]), int(found[2])) == (sum(row[1] for row in rows), sum(without.values()))
    assert set(found[3].split(", ")) == {f"{label} {count}" for label, count in without.items()}


def test_a_whole_list_leaves_nothing_out(ask):
    assert " rows" not in ask(200, "growth", "--last", "28d", "--by", "song").stdout
    assert re.search(r"^2 of \d+ rows", ask(200, "averages", "--last", "28d", "--top", "2").stdout, re.M)


def test_figures_of_a_group_say_which_members_they_are_of(ask):
    words = ("growth", "--last", "1y", "--by", "artist", "--top", "20")
    rows = json.loads(ask(200, *words, "--format", "json").stdout)
    others = sum(row["new_count"] + row["lost_count"] for row in rows)
    assert others
    said = "from, to and growth are of the members with a value on both days"
    assert f"{said}; {others} without are in new_count and lost_count of a file" in ask(80, *words).stdout
    assert said not in ask(80, "growth", "--last", "1y", "--by", "song", "--top", "2").stdout


def test_each_platform_has_its_own_days_in_the_title(ask, built):
    said = ask(200, "growth", "--last", "7d", "--by", "platform", "--metric", "all").stdout
    ends = dict(counted(built, "select platform, complete_through_date from metrics.platform_completeness"))
    lines = re.findall(r"^([\d-]{10}) to ([\d-]{10}): (.*)$", said, re.M)
    told = {platform: end for _start, end, platforms in lines for platform in platforms.split(", ")}
    assert len(lines) > 1 and all((date.fromisoformat(e) - date.fromisoformat(s)).days == 7 for s, e, _p in lines)
    assert told == {platform: str(end) for platform, end in ends.items() if platform in told}


def test_a_step_that_is_not_whole_is_marked(ask):
    words = ("growth", "--window", "ytd", "--by", "artist", "--top", "1")
    weeks = ask(140, *words, "--by-week")
    marked = re.findall(r"([\d-]{10})\*", weeks.stdout)
    assert marked == ["2025-01-05", "2025-05-14"]
    assert "*: not a whole week" in weeks.stdout
    rows = json.loads(ask(140, *words, "--by-week", "--format", "json").stdout)
    assert [row["to_date"] for row in rows if not row["is_whole_step"]] == marked
    whole = ask(140, "growth", "--window", "2025-04", "--by-month", "--by", "artist", "--top", "1").stdout
    assert "*" not in whole
    # a month of the calendar that the data do not fill
    beyond = ask(140, "averages", "--window", "2025-05", "--by-month", "--by", "artist", "--top", "1").stdout
    assert "2025-05-31*" in beyond and "not complete yet" in beyond


def test_a_window_that_ends_after_the_data_names_the_one_that_does_not(ask):
    said = ask(140, "averages", "--window", "2025-05", "--by", "artist", "--top", "1").stdout
    assert "the window ends after the last complete day: spotify 2025-05-14; ask --window mtd" in said
    none = ask(140, "growth", "--window", "2025-05", "--by", "artist")
    assert (none.returncode, "after the last complete day, 2025-05-14: ask --window mtd" in none.stderr) == (2, True)


def test_columns_of_files_have_one_name_in_every_language(ask):
    words = ("growth", "--last", "28d", "--by", "artist", "--top", "1", "--format")
    for form in ("csv", "json"):
        assert ask(140, *words, form, "--lang", "fr").stdout == ask(140, *words, form).stdout
    assert "nom" in ask(140, *words, "markdown", "--lang", "fr").stdout


def test_ok_is_said_and_explained(ask):
    lines = ask(140, "growth", "--last", "28d", "--by", "artist", "--top", "2").stdout.splitlines()
    assert all(line.endswith("  ok") for line in lines[2:4])
    assert "ok: the number may be quoted" in lines


@pytest.mark.parametrize("typed", ["3c075cd457a94b4f06e7c3", "Genius:3c075cd457a94b4f06e7c3"])
def test_an_identifier_is_shown_with_its_platform(ask, typed):
    [found] = json.loads(ask(140, "find", typed, "--format", "json").stdout)
    assert found["identifier"] == "genius:3c075cd457a94b4f06e7c3"
    assert "identifier" not in ask(140, "find", "postcard").stdout


def test_what_tells_rows_apart_gives_way_last(ask):
    said = ask(80, "growth", "--last", "7d", "--by", "platform", "--metric", "all").stdout
    heading = next(line for line in said.splitlines() if line.startswith("name "))
    assert {"of", "metric"} <= set(heading.split())
    assert "left out" in said
