"""Logs: lines that Graylog takes, that explain what was decided, and that hold nobody's data and no secret."""

import json
import logging
import os
import re
import subprocess
import sys
from datetime import date

import pytest
from crescendo.http.server import Faults, served
from crescendo.logs import event as log_event
from crescendo.logs import without_data, writing
from crescendo.operations import journal
from crescendo.sources.moovitamix.simulate import application, universe
from crescendo.sources.tmdb import simulate as tmdb
from crescendo.sources.tmdb.world import Films
from crescendo.withheld import withhold
from reports import csv_text, point, song

BY_MAPPING = "write NAME.mapping.toml beside it, which says what its columns are (docs/runbook.md), or move it away"

ADDITIONAL = re.compile(r"_[\w.-]+")
DAY = "2025-01-05"


def lines_of(file):
    """The events of a log, each checked against GELF 1.1."""
    events = [json.loads(line) for line in file.read_text().splitlines()]
    for event in events:
        assert event["version"] == "1.1"
        assert isinstance(event["host"], str)
        assert event["host"]
        assert isinstance(event["short_message"], str)
        assert event["short_message"]
        assert 1_700_000_000 < event["timestamp"] < 5_000_000_000
        assert event["level"] in range(8)
        for name, value in event.items():
            if name not in ("version", "host", "short_message", "full_message", "timestamp", "level"):
                assert ADDITIONAL.fullmatch(name), name
                assert name != "_id"
                assert isinstance(value, str | int | float), (name, value)
                assert not isinstance(value, bool), name
    return events


def of(events, what):
    return [event for event in events if event["short_message"] == what]


@pytest.fixture
def log(tmp_path, monkeypatch):
    for name in ("LEVEL", "FILE", "HOST"):
        monkeypatch.delenv(f"CRESCENDO_LOG_{name}", raising=False)
    return tmp_path / "log.jsonl"


def test_a_load_at_debug_explains_every_file(desk, log):
    desk.write("report.csv", csv_text([song(1), song(2, timeSeries=[point(), point(2, streams="soon")])]))
    desk.write("again.csv", csv_text([song(3)]))
    desk.write("song-audience__x.json", "{")
    desk.write("notes.csv", "Jane Doe,secret\n1,2\n")
    desk.write("users__p1.json", json.dumps(universe("faithful", 7, date(2025, 1, 5))["users"][0]))
    code, *_ = desk.run("load", desk.folder, "--log-level", "debug", "--log-file", log)
    assert code == 2
    events = lines_of(log)
    # the run of the journal
    assert {event["_run_id"] for event in events} == {
        path.stem for path in journal.folder(desk.warehouse).glob("*.jsonl")
    }
    assert {event["_verb"] for event in events} == {"load"}
    known = {event["_file"].rpartition("/")[2]: event for event in of(events, "file recognised")}
    assert known["report.csv"]["_document"] == "report"
    assert known["report.csv"]["_why"] == "its header has song_id, title, artist, timeSeries"
    refused = {event["_file"].rpartition("/")[2]: event["_why"] for event in of(events, "file refused")}
    assert refused["notes.csv"] == f"is not a known document: its first line begins ***: {BY_MAPPING}"
    assert {*known, *refused} == {path.name for path in desk.folder.iterdir()}
    loaded = {event["_file"].rpartition("/")[2]: event for event in of(events, "file loaded")}
    assert loaded["report.csv"]["_values_rejected"] == 1
    assert loaded["report.csv"]["level"] == 4
    [rejected] = of(events, "rejected")
    assert (rejected["_path"], rejected["_why"]) == ("timeSeries[2].spotify-streams", "is not a whole number")
    assert "soon" not in json.dumps(rejected)
    [ended] = of(events, "load ended")
    assert (ended["_files_loaded"], ended["_files_refused"]) == (len(known), len(refused))
    code, *_ = desk.run("load", desk.folder, "--log-level", "debug", "--log-file", log)
    assert {event["_file"].rpartition("/")[2] for event in of(lines_of(log), "file unchanged")} == known.keys()


@pytest.mark.parametrize(
    ("request_", "name", "why"),
    [
        ({}, "tracks__p0001", "its name begins with tracks, and its keys agree"),
        ({"document": "tracks"}, "page", "the request beside it says so, and its keys agree"),
        ({}, "page", "it has the keys total, pages, items[].songwriters, items[].duration"),
    ],
)
def test_the_log_says_by_what_a_page_was_recognised(desk, log, request_, name, why):
    row = {"id": 1, "name": "a", "artist": "b", "songwriters": "c", "duration": "01:00", "genres": "d", "album": "e"}
    times = {"created_at": "2026-05-01T00:00:00", "updated_at": "2026-05-01T00:00:00"}
    desk.write(f"{name}.json", json.dumps({"items": [row | times], "total": 1, "page": 1, "size": 1, "pages": 1}))
    if request_:
        desk.write(f"{name}.request.json", json.dumps(request_))
    desk.run("load", desk.folder, "--log-level", "debug", "--log-file", log)
    assert [event["_why"] for event in of(lines_of(log), "file recognised")] == [why]


def test_what_a_verb_prints_is_the_same_with_a_log_and_nothing_is_logged_without(desk, log):
    desk.write("report.csv", csv_text([song(1)]))
    desk.write("notes.csv", "a,b\n1,2\n")
    plain = desk.run("load", desk.folder, "--dry-run")
    logged = desk.run("load", desk.folder, "--dry-run", "--log-level", "debug", "--log-file", log)
    assert plain == logged
    assert "short_message" not in plain[1] + plain[2]
    assert log.stat().st_mode & 0o777 == 0o600
    _, out, err = desk.run("load", desk.folder, "--dry-run", "--log-level", "warning")
    assert out == plain[1]
    assert [json.loads(line)["short_message"] for line in err.splitlines() if line.startswith("{")] == ["file refused"]


def test_the_environment_asks_for_a_log_too(desk, log, monkeypatch):
    desk.write("report.csv", csv_text([song(1)]))
    monkeypatch.setenv("CRESCENDO_LOG_FILE", str(log))
    monkeypatch.setenv("CRESCENDO_LOG_HOST", "crescendo-1")
    desk.run("load", desk.folder)
    assert {event["host"] for event in lines_of(log)} == {"crescendo-1"}
    assert {event["level"] for event in lines_of(log)} == {6}
    monkeypatch.setenv("CRESCENDO_LOG_HOST", "-")
    log.unlink()
    desk.run("load", desk.folder)
    assert {event["host"] for event in lines_of(log)} == {"withheld"}


def test_a_log_that_cannot_be_opened_is_named_and_one_that_cannot_be_written_ends_nothing(desk, tmp_path):
    desk.write("report.csv", csv_text([song(1)]))
    code, _, err = desk.run("load", desk.folder, "--log-file", tmp_path / "no" / "log.jsonl")
    assert (code, "No such file or directory: name another file" in err) == (2, True)
    assert desk.run("load", desk.folder, "--log-level", "debug", "--log-file", "/dev/full")[0] == 0


def test_no_value_of_a_record_no_mail_address_and_no_secret_is_in_a_log(tmp_path, log, monkeypatch):
    monkeypatch.setenv("CRESCENDO_DB", str(tmp_path / "x.duckdb"))
    monkeypatch.setenv("TMDB_TOKEN", "t0ken-that-nobody-sees")
    rows = universe("evolving", 7, date(2025, 1, 5), None, frozenset({"uppercase-email"}))
    people = {str(row[key]) for row in rows["users"] for key in ("email", "last_name") if len(str(row[key])) > 5}
    environment = os.environ | {"CRESCENDO_LOG_LEVEL": "debug", "CRESCENDO_LOG_FILE": str(log)}
    app = application(lambda _: rows, Faults(frozenset(("500", "429")), rate=0.3), 15)
    with served(app) as url, served(tmdb.application(Films(), date(2025, 1, 5))) as films:
        for words in (
            ["fetch", "moovitamix", "--url", url, "--date", DAY, "--to", "landed", "--backoff", "0.01"],
            ["fetch", "tmdb", "--url", films, "--to", "films"],
            ["load", "landed"],
        ):
            command = [sys.executable, "-m", "crescendo.cli", *words]
            subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, check=False)
    events = lines_of(log)
    assert {event["_verb"] for event in events} == {"fetch", "load"}
    answered = of(events, "answered")
    assert {event.get("_document") for event in answered} >= {"tracks", "users", "listen_history"}
    assert all(event["_milliseconds"] > 0 for event in answered)
    assert of(events, "asked again")
    assert [event["_why"] for event in of(events, "held back")]
    [ended] = [event for event in of(events, "fetch ended") if "landed" in event["_folder"]]
    mine = [event for event in events if event["_run_id"] == ended["_run_id"]]
    assert ended["_retries"] == len(of(mine, "asked again")) + len(of(mine, "held back"))
    [early] = of(events, "run ended early")
    assert (early["_error"], "refuses the credentials" in early["_reason"]) == ("StoppedError", True)
    text = log.read_text()
    assert len(people) > 20
    assert not [said for said in (*people, "t0ken-that-nobody-sees") if said in text]


def test_a_build_logs_its_steps_and_every_node(built):
    events = lines_of(built / "build.jsonl")
    assert {event["_step"] for event in of(events, "step ended")} >= {"sample", "load", "dbt build"}
    nodes = of(events, "dbt node ended")
    assert len({event["_node"] for event in nodes if event["_node"].startswith("model.")}) > 50
    assert {event["_status"] for event in nodes} <= {"success", "pass", "skipped", "no-op"}
    assert of(events, "file recognised")
    assert len({event["_run_id"] for event in events}) == 1


def test_what_is_withheld_is_in_no_line(log):
    withhold("token-0123456789", "pa%2Fss%2Fword")
    with writing("load", "debug", log):
        said = {"why": "pa/ss/word", "by": ["pa%2Fss%2Fword", "jane.doe@example.com"], "n": 1}
        log_event(logging.INFO, "asked token-0123456789", **said)
    [line] = lines_of(log)
    assert line["short_message"] == "asked ***"
    assert (line["_why"], line["_by"], line["_n"]) == ("***", "***, ***", 1)


def test_sentences_lose_what_they_quote():
    said = "looks like a.b, but has no column x (expected x, y; found Jane Doe, 12)"
    assert without_data(said) == "looks like a.b, but has no column x (expected x, y; found ***)"
    assert without_data("begins 'Jane' and \"Doe\"") == "begins *** and ***"
