"""`crescendo daily`: the steps in order, once each; killed and disturbed, the tables are those of a quiet day.

CRESCENDO_DAYS says how many whole days are compared; 30 take more than an hour. Unset it is one day, without the tests
of data and the marts that its sources do not fill.
"""

import ast
import json
import math
import os
import re
import sys
from datetime import timedelta

import duckdb
import pytest
from conftest import ROOT
from crescendo import builds, warehouse
from crescendo.cli import main
from crescendo.daily import checks, record
from crescendo.daily.record import Record
from crescendo.daily.steps import NAMES
from crescendo.errors import CrescendoError
from crescendo.operations import journal
from days import (
    FIRST,
    backfill,
    daily,
    dates,
    disturbed,
    drawn,
    environment_of,
    kill_in,
    narrow,
    sources,
    state,
    undisturbed,
)
from reports import Desk, csv_text, song

sys.path.insert(0, str(ROOT / "orchestration"))
from compare import differences

DAYS = int(os.environ.get("CRESCENDO_DAYS", "1"))
# step -> seconds after its beginning within which it is killed; one day in three is killed in each
KILLS = (
    {"load": 1.0, "build": 5.0, "retrain": 3.0},
    {"build": 30.0, "publish": 0.5},
    {"fetch-moovitamix": 0.5, "fetch-tmdb": 0.2, "recommend": 3.0, "watch": 0.5},
)
LIKE_EACH_OTHER = 0.25  # what a day may cost more or less than the median day
TO_FRESHNESS = NAMES[: NAMES.index("freshness") + 1]


def test_steps_that_are_called_and_killed_one_by_one_load_the_same(tmp_path, monkeypatch):
    kills = {"quiet": {}, "killed": {"fetch-moovitamix": 0.05, "load": 0.3}}
    with sources(FIRST) as environment:
        for name, seconds in kills.items():
            for variable, value in (environment_of(tmp_path / name) | environment).items():
                monkeypatch.setenv(variable, value)
            monkeypatch.chdir(tmp_path / name)
            for step in TO_FRESHNESS:
                if step in seconds:
                    assert kill_in(tmp_path / name, FIRST, environment, step, seconds[step], "--step", step)
                    assert state(tmp_path / name, FIRST, step) == record.RUNNING
                assert main(["daily", "--date", str(FIRST), "--step", step]) == 0
                assert state(tmp_path / name, FIRST, step) in (record.DONE, record.SKIPPED)
    files = [tmp_path / name / "crescendo.duckdb" for name in kills]
    with duckdb.connect(str(files[0]), read_only=True) as connection:
        pages = "select distinct asked_load_date from raw_moovitamix.user_pages"
        assert connection.execute(pages).fetchall() == [(str(FIRST),)]
    assert not differences(*files)


def test_a_day_stops_in_one_sentence_and_goes_on_where_it_stopped(tmp_path):
    with sources(FIRST) as environment:
        pass
    done = daily(tmp_path, FIRST, environment)
    assert done.returncode == 1
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith(f"error: {FIRST} stopped at check: `crescendo check --source moovitamix")
    assert last.endswith("ended with exit code 1; what it said is above; the same command goes on there")
    assert state(tmp_path, FIRST, "check") == record.FAILED
    assert state(tmp_path, FIRST, "fetch-moovitamix") is None
    with sources(FIRST) as environment:
        assert daily(tmp_path, FIRST, environment, "--step", "check").returncode == 0
    assert state(tmp_path, FIRST, "check") == record.DONE
    outcomes = [
        (line["phase"], line["outcome"])
        for file in sorted(journal.folder(tmp_path / "crescendo.duckdb").glob("*.jsonl"))
        for line in map(json.loads, file.read_text().splitlines())
        if line["event"] == "phase"
    ]
    assert outcomes == [("check", "failed"), ("check", "ok")], "the watch learns of both"


def test_a_step_waits_for_those_before_it(tmp_path):
    done = daily(tmp_path, FIRST, {"CRESCENDO_SOURCES": "tmdb"}, "--step", "load")
    assert done.returncode == 2
    assert f"load of {FIRST} comes after check, which is not done: run `crescendo daily --date {FIRST}`" in done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--date", "2025-05-01", "--from", "2025-05-01"], "--date is one day, --from and --to are several"),
        (["--to", "2025-05-01"], "--to 2025-05-01 is the end of a range: name its first day with --from"),
        (["--from", "2025-05-02", "--to", "2025-05-01"], "--from 2025-05-02 is after --to 2025-05-01"),
        (["--date", "2999-01-01"], "2999-01-01 is in the future"),
        (["--step", "load", "--from-step", "load"], "choose one"),
        (["--from", "2025-05-01", "--to", "2025-05-02", "--step", "load"], "are for one day"),
        (["--source", "moovitamix,lastfm"], "--source lastfm: none of moovitamix, soundcharts, tmdb"),
        (["--publish", "published"], "cannot publish to 'published': type FILE.duckdb, postgres, csv:DIR"),
        (["--publish", "csv:"], "cannot publish to 'csv:'"),
        (["--date", "2025-05-01"], "there is nothing to load: name sources in CRESCENDO_SOURCES"),
    ],
)
def test_a_mistake_is_told_before_anything_is_done(words, said, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CRESCENDO_DB", str(tmp_path / "x.duckdb"))
    assert main(["daily", *words]) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "x.duckdb").exists()


def test_artists_of_soundcharts_are_asked_for_by_name():
    from crescendo.daily.steps import STEPS, Day

    asked = []
    step = STEPS[NAMES.index("fetch-soundcharts")]
    day = Day(FIRST, ("soundcharts",), {"soundcharts": "http://x"}, ("Léo, the Lamplighter", "Orla"))
    step.does(day, lambda words: asked.append(words) or 0)
    [words] = asked
    assert words == ["fetch", "soundcharts", "--artist", "Léo, the Lamplighter", "--artist", "Orla", "--until",
                     str(FIRST), "--url", "http://x"]  # fmt: skip
    with pytest.raises(CrescendoError, match="CRESCENDO_ARTISTS"):
        step.does(Day(FIRST, ("soundcharts",)), lambda words: 0)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"steps": {"load": {"state": "done"}}}'])
def test_a_record_that_is_damaged_counts_as_none(tmp_path, content):
    file = tmp_path / "x.duckdb"
    noted = Record.open(file, FIRST)
    noted.begin("load")
    noted.end("load", record.DONE, 1.0)
    assert Record.open(file, FIRST).is_over("load")
    noted.file.write_bytes(content)
    assert not Record.open(file, FIRST).is_over("load")


def test_a_record_is_its_owners_and_keeps_when_a_step_first_began(tmp_path):
    noted = Record.open(tmp_path / "x.duckdb", FIRST)
    noted.begin("retrain")
    assert noted.file.stat().st_mode & 0o777 == 0o600
    began = noted.began_at("retrain")
    again = Record.open(tmp_path / "x.duckdb", FIRST)  # after a kill
    again.begin("retrain")
    assert again.began_at("retrain") == began
    again.end("retrain", record.DONE, 1.0)
    again.begin("retrain")
    assert again.began_at("retrain") > began


def test_two_days_at_a_time_are_refused(tmp_path):
    with record.only_one(tmp_path / "crescendo.duckdb"):
        done = daily(tmp_path, FIRST, {"CRESCENDO_SOURCES": "tmdb"})
    assert done.returncode == 2 and "another `crescendo daily` is at work" in done.stderr


def test_a_source_that_brought_nothing_is_named(desk: Desk):
    with warehouse.connect() as connection:
        connection.execute("create schema load_audit")
        connection.execute("create table load_audit.files (is_current boolean, source varchar, path varchar,"
                           " records_in bigint)")  # fmt: skip
        yesterday = (desk.folder / "landing" / "tmdb" / str(FIRST - timedelta(1))).resolve()
        connection.execute("insert into load_audit.files values (true, 'tmdb', ?, 5)", [f"{yesterday}/movie.json"])
    assert checks.fresh_records("tmdb", FIRST - timedelta(1), desk.folder / "landing") == 5
    with pytest.raises(CrescendoError, match=f"tmdb brought no record of {FIRST}"):
        checks.fresh_records("tmdb", FIRST, desk.folder / "landing")


@pytest.mark.parametrize(("rejected", "passes"), [(2, True), (3, False)])
def test_the_gate_is_shut_if_more_than_a_tenth_was_rejected(desk: Desk, rejected, passes):
    desk.load(desk.write("before.csv", csv_text([song(number, song_id="") for number in range(5)])))
    songs = [song(number, **({"song_id": ""} if number < rejected else {})) for number in range(20)]
    desk.load(desk.write("report.csv", csv_text(songs)))
    assert desk.ask(checks.LAST_LOAD) == [(20, rejected)]
    if passes:
        checks.gate()
        return
    with pytest.raises(CrescendoError, match="3 of the 20 records of the last load were rejected") as shut:
        checks.gate()
    assert shut.value.exit_code == 1


def test_the_gate_is_shut_if_the_ledger_does_not_add_up(desk: Desk):
    desk.load(desk.write("report.csv", csv_text([song(1), song(2)])))
    checks.gate()
    with warehouse.connect() as connection:
        connection.execute("update load_audit.files set records_in = 3")
    with pytest.raises(CrescendoError, match="are not loaded"):
        checks.gate()


def test_a_published_warehouse_is_swapped_under_its_readers(desk: Desk):
    desk.load(desk.write("report.csv", csv_text([song(1)])))
    place = desk.folder / "published" / "crescendo.duckdb"
    assert desk.run("publish", "duckdb", place)[0] == 0
    assert place.stat().st_mode & 0o777 == 0o600
    with place.open("rb") as reader:
        before = reader.read()
        desk.load(desk.write("report.csv", csv_text([song(1), song(2)])))
        assert desk.run("publish", "duckdb", place)[0] == 0
        reader.seek(0)
        assert reader.read() == before, "who has it open goes on with the old day"
    with duckdb.connect(str(place), read_only=True) as connection:
        assert connection.execute("select count(*) from raw_soundcharts.report_songs").fetchone() == (2,)
    assert sorted(path.name for path in place.parent.iterdir()) == [place.name]


def test_what_is_no_place_for_a_warehouse_is_not_overwritten(desk: Desk):
    desk.load(desk.write("report.csv", csv_text([song(1)])))
    letter = desk.write("letter.txt", "a letter that is no warehouse")
    for place, said in ((letter, "is no DuckDB file"), (desk.warehouse, "is the warehouse itself")):
        code, _, err = desk.run("publish", "duckdb", place)
        assert code == 2 and said in err
    assert letter.read_text() == "a letter that is no warehouse"


def test_a_warehouse_of_two_builds_is_not_published(desk: Desk):
    desk.load(desk.write("report.csv", csv_text([song(1)])))
    with warehouse.connect() as connection:
        builds.prepare(connection)
        connection.execute("insert into load_audit.unbuilt_models values ('model.x.y', 'a', '2026-01-01', true)")
    code, _, err = desk.run("publish", "duckdb", desk.folder / "p.duckdb")
    assert code == 2 and "nothing was published: the last dbt build failed" in err
    assert not (desk.folder / "p.duckdb").exists()


def world(file, *rows):
    """A warehouse with one table of these rows, and what the comparison needs beside it."""
    with duckdb.connect(str(file)) as connection:
        connection.execute("create schema films; create table films.t (key varchar, value double, scored_at timestamp)")
        connection.executemany("insert into films.t values (?, ?, ?)", rows)
    return file


@pytest.mark.parametrize(
    ("rows", "equal"),
    [
        ([("a", 12.34567895, "2026-01-02"), ("b", None, "2026-01-02")], True),
        ([("b", None, "2026-01-01"), ("a", math.nextafter(12.34567895, 0), "2026-01-01")], True),
        ([("a", math.nextafter(12.34567895, 99), "2026-01-01"), ("b", None, "2026-01-01")], True),
        ([("a", 12.345679, "2026-01-01"), ("b", None, "2026-01-01")], True),
        ([("a", 12.3456788, "2026-01-01"), ("b", None, "2026-01-01")], False),
        ([("a", 12.34567895, "2026-01-01"), ("b", 0.0, "2026-01-01")], False),
        ([("a", 12.34567895, "2026-01-01")], False),
        ([("a", 12.34567895, "2026-01-01"), *2 * [("b", None, "2026-01-01")]], False),
    ],
)
def test_the_comparison_leaves_out_moments_and_last_bits_and_nothing_else(tmp_path, rows, equal):
    first = world(tmp_path / "a.duckdb", ("a", 12.34567895, "2026-01-01"), ("b", None, "2026-01-01"))
    found = differences(first, world(tmp_path / "b.duckdb", *rows))
    assert found == ([] if equal else [f"films.t: 2 and {len(rows)} rows differ"])


def test_the_dag_has_the_steps_in_their_order():
    text = (ROOT / "orchestration" / "airflow" / "dags" / "crescendo_daily.py").read_text()
    values = {
        node.targets[0].id: node.value
        for node in ast.parse(text).body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    assert ast.literal_eval(values["STEPS"]) == NAMES
    assert set(ast.literal_eval(values["ONCE"])) < set(NAMES)


def test_airflows_packages_are_pinned_by_hash_and_come_from_no_named_place():
    text = (ROOT / "orchestration" / "airflow" / "requirements-airflow.txt").read_text()
    blocks = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
    assert len(blocks) > 100
    assert all(re.match(r"[a-z0-9.-]+==\S", block) and "--hash=sha256:" in block for block in blocks)
    assert "://" not in text
    fastapi = re.search(r"^fastapi==0\.(\d+)", text, re.MULTILINE)
    assert int(fastapi[1]) < 137, "the page of Airflow 3.3 does not start with it"


def test_every_step_is_described():
    told = (ROOT / "docs" / "operating.md").read_text()
    assert all(f"`{name}`" in told for name in NAMES)


def test_days_with_kills_and_faults_equal_quiet_days(tmp_path):
    draw, costs = drawn(), []
    for name in ("quiet", "disturbed") if DAYS == 1 else ():
        narrow(tmp_path / name)
    for number, day in enumerate(dates(DAYS)):
        costs.append(undisturbed(tmp_path / "quiet", day))
        calls = disturbed(tmp_path / "disturbed", day, KILLS[number % 3], draw)
        sys.stderr.write(f"{day}: {costs[-1]:.1f} CPU s; disturbed, it took {calls} more calls\n")
        for file in ("crescendo.duckdb", "published/crescendo.duckdb"):
            assert not differences(tmp_path / "quiet" / file, tmp_path / "disturbed" / file), f"on {day}"
    usual = sorted(costs)[len(costs) // 2]
    # the first day builds what all others only go on with, and trains the first model
    assert all(abs(cost / usual - 1) <= LIKE_EACH_OTHER for cost in costs[1:]), costs


@pytest.mark.skipif(DAYS < 2, reason="a backfill is of several days: CRESCENDO_DAYS=10")
def test_a_backfill_equals_as_many_daily_runs(tmp_path):
    days = dates(DAYS)
    for day in days:
        undisturbed(tmp_path / "daily", day)
    backfill(tmp_path / "backfill", days)
    assert not differences(*(tmp_path / name / "published" / "crescendo.duckdb" for name in ("daily", "backfill")))
