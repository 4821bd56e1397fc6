"""Runs are measured whatever becomes of them, the warehouse takes what they noted, and `crescendo watch` tells it."""

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import asdict
from datetime import datetime

import duckdb
import pytest
import yaml
from conftest import ROOT, crescendo, project_in
from crescendo import dbt
from crescendo.cli import main
from crescendo.errors import CrescendoError
from crescendo.http.server import Faults, served
from crescendo.operations import alerts, journal, measure, rules, store
from crescendo.operations.watch import watch
from operation_worlds import RULES
from reports import csv_text, song
from test_fetch_moovitamix import DATE, faithful

BY_MAPPING = "write NAME.mapping.toml beside it, which says what its columns are (docs/runbook.md), or move it away"
AT_WORK = """
import sys, time
from pathlib import Path
from crescendo.operations import journal
with journal.run("build", Path(sys.argv[1])) as run:
    with run.phase("load"):
        pass
    with run.phase("transform"):
        print(run.run_id, flush=True)
        time.sleep(60)
"""


@pytest.fixture
def file(tmp_path, monkeypatch):
    """The path of a warehouse that is not there, in a working folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CRESCENDO_DB", str(tmp_path / "x.duckdb"))
    return tmp_path / "x.duckdb"


def noted(file, run_id):
    lines = (journal.folder(file) / f"{run_id}.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]


def told(file, query):
    with duckdb.connect(str(file)) as connection:
        store.fill(connection, file)
        return connection.execute(query).fetchall()


def on_any_disk(folder, file):
    """The project in a folder, whose rules do not judge how full the disk of this machine is; the environment there."""
    (folder / "seeds").mkdir()
    for seed in (ROOT / "seeds").iterdir():
        if seed.name != "alert_rules.csv":
            (folder / "seeds" / seed.name).symlink_to(seed)
    lines = (ROOT / "seeds" / "alert_rules.csv").read_text().splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith("disk_nearly_full,")]
    assert len(kept) == len(lines) - 1
    (folder / "seeds" / "alert_rules.csv").write_text("".join(kept))
    return project_in(folder) | {"CRESCENDO_DB": str(file)}


def at_work(file):
    process = subprocess.Popen([sys.executable, "-c", AT_WORK, str(file)], stdout=subprocess.PIPE, text=True)
    return process, process.stdout.readline().strip()


def test_each_line_is_written_at_once_and_is_its_owners_alone(file):
    with journal.run("build", file) as run:
        with run.phase("load") as phase:
            phase.rows, phase.bytes = 7, 100
            run.request("tmdb", "movie", 0.25, 200, 1)
            during = [event["event"] for event in noted(file, run.run_id)]
        assert during == ["run", "phase_start", "request"]
        assert journal.current() is run
    events = noted(file, run.run_id)
    assert [event["event"] for event in events] == ["run", "phase_start", "request", "phase", "end"]
    one = events[3]
    assert (one["phase"], one["rows"], one["bytes"], one["outcome"]) == ("load", 7, 100, "ok")
    assert one["seconds"] >= 0 and one["cpu_seconds"] >= 0 and one["peak_bytes"] > 1 << 20
    assert (
        journal.folder(file).stat().st_mode & 0o777,
        (journal.folder(file) / f"{run.run_id}.jsonl").stat().st_mode & 0o777,
    ) == (0o700, 0o600)
    assert journal.current() is not run


@pytest.mark.parametrize(("raised", "outcome"), [(ValueError, "failed"), (KeyboardInterrupt, "interrupted")])
def test_a_run_that_ends_with_an_error_says_of_which_class_and_no_more(file, raised, outcome):
    with pytest.raises(raised), journal.run("load", file) as run, run.phase("load"):
        raise raised("a text that may hold data")
    *_, phase, end = noted(file, run.run_id)
    assert (phase["outcome"], end["outcome"], end["error"]) == (outcome, outcome, raised.__name__)
    assert "hold data" not in (journal.folder(file) / f"{run.run_id}.jsonl").read_text()


def test_a_journal_that_cannot_be_written_breaks_nothing(file):
    journal.folder(file).write_text("a file where the folder should be")
    with journal.run("build", file) as run, run.phase("load"):
        run.measure("warehouse", "warehouse", "crescendo", "file_bytes", 1)
    (journal.folder(file)).unlink()
    with journal.run("build", file) as run:
        os.close(run._written.fileno())  # as if the disk went away
        run.measure("warehouse", "warehouse", "crescendo", "file_bytes", 1)


def test_a_killed_run_is_told_by_the_next_one_with_its_phase_and_once(file, capsys):
    process, run_id = at_work(file)
    assert watch(file, applied=RULES).alerts == []  # it is at work
    process.kill()
    process.wait()
    [killed] = watch(file, applied=RULES).alerts
    assert (killed.rule_name, killed.sentence_en) == ("run_killed", "The last build was killed (transform).")
    for times in range(2):
        with journal.run("load", file):
            pass
        said = capsys.readouterr().err
        assert (f"PID {process.pid}) was killed in its phase transform" in said) == (times == 0)
    assert told(file, f"select outcome, killed_phase from operations.runs where run_id = '{run_id}'") == [
        ("killed", "transform")
    ]
    with journal.run("build", file):
        pass
    assert [one.state for one in watch(file, applied=RULES).alerts] == ["resolved"]


def test_a_build_that_is_killed_in_dbt_is_told_by_watch_and_by_the_next_load(tmp_path):
    environment = project_in(tmp_path)
    (tmp_path / "landing" / "tmdb").mkdir(parents=True)
    (tmp_path / "landing" / "tmdb" / "none.json").write_text("{}")
    command = [sys.executable, "-m", "crescendo.cli", "build"]
    process = subprocess.Popen(command, cwd=tmp_path, env=environment, stderr=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, start_new_session=True)  # fmt: skip
    until = time.monotonic() + 60
    while time.monotonic() < until and '"phase": "transform"' not in "".join(
        path.read_text() for path in (tmp_path / ".crescendo.duckdb.runs").glob("*.jsonl")
    ):
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    done = crescendo(tmp_path, environment, "watch")
    assert (done.returncode, "The last build was killed (transform)" in done.stdout) == (1, True)
    assert "was killed in its phase transform" in crescendo(tmp_path, environment, "load").stderr


def test_a_day_is_one_observation_the_last_value_or_the_sum(file):
    for rows, new in ((10, 10), (15, 5)):
        with journal.run("load", file) as run:
            run.table("tmdb", "raw_tmdb.movies", rows, new)
            run.column("tmdb", "raw_tmdb.movies", "title", "VARCHAR", new, 1, 2)
    observed = "select metric, value from operations.observations where subject_type in ('table', 'column') order by 1"
    expected = [("new_rows", 15), ("null_ratio", 0.2), ("rows", 15), ("valid_ratio", 0.5)]
    assert told(file, observed) == expected
    assert told(file, observed) == expected  # a journal that is taken twice counts once
    assert store.journals(file) == []  # and is removed when the warehouse holds it


def test_what_adds_up_over_a_day_is_what_the_catalogue_calls_a_flow():
    with (ROOT / "seeds" / "metric_catalog.csv").open() as opened:
        ours = [row for row in csv.DictReader(opened) if row["platform"] == "crescendo"]
    assert {row["metric"] for row in ours if row["kind"] == "flow"} == set(store.SUMMED)
    assert {rule.metric for rule in RULES if rule.platform == "crescendo"} <= {row["metric"] for row in ours}


def test_the_tables_are_those_that_dbt_is_told_of():
    declared = yaml.safe_load((ROOT / "models/staging/operations/_operations__sources.yml").read_text())
    shown = {
        table["name"]: [(column["name"], column["data_type"]) for column in table["columns"]]
        for table in declared["sources"][0]["tables"]
    }
    made = {
        name: [tuple(column.split()[:2]) for column in columns.split(",")] for name, columns in store.TABLES.items()
    }
    assert shown == made


def test_old_rows_are_dropped_and_a_half_line_is_none(file):
    folder = journal.folder(file)
    folder.mkdir()
    for year, end in (
        (2020, '{"event": "end", "at": "2020-01-01T10:00:05+00:00", "outcome": "ok", "seconds": 5}\n'),
        (2026, '{"eve'),
    ):
        begin = f'{{"event": "run", "at": "{year}-01-01T10:00:00+00:00", "verb": "load"}}\n'
        (folder / f"{year}0101T100000.000000Z-1.jsonl").write_text(begin + end)
    assert told(file, "select year(started_at), outcome from operations.runs") == [(2026, "killed")]
    assert told(file, "select count(*) from operations.observations where observed_date < '2021-01-01'") == [(0,)]


def test_requests_are_measured_by_source_and_endpoint(file, tmp_path):
    with served(faithful(faults=Faults(frozenset(["500"]), rate=0.3))) as url:
        done = crescendo(tmp_path, os.environ | {"CRESCENDO_DB": str(file)}, "fetch", "moovitamix", "--url", url, *DATE,
                         "--backoff", "0.01")  # fmt: skip
    assert done.returncode == 0, done.stderr
    rows = told(file, "select endpoint, request_count, failed_count, retry_count, latency_p95 from operations.requests"
                      " where source = 'moovitamix' and endpoint in ('tracks', 'users', 'listen_history')")  # fmt: skip
    assert sorted(row[0] for row in rows) == ["listen_history", "tracks", "users"]
    # ten pages of each; a failed one is asked again
    assert sum(row[1] for row in rows) == 30 + sum(row[2] for row in rows)
    assert sum(row[2] for row in rows) == sum(row[3] for row in rows) > 0
    assert all(0 < row[4] < 60 for row in rows)
    assert told(file, "select verb, outcome from operations.runs") == [("fetch moovitamix", "ok")]


@pytest.fixture(scope="module")
def copied(built, tmp_path_factory):
    """A copy of the built sample, as if it had been built the day before.

    Its only run is the build: other tests run verbs on `built` too, some of which fail.
    """
    folder = tmp_path_factory.mktemp("copied")
    shutil.copytree(built, folder, dirs_exist_ok=True, symlinks=True)
    for later in sorted(journal.folder(folder / "crescendo.duckdb").glob("*.jsonl"))[1:]:
        later.unlink()
    with duckdb.connect(str(folder / "crescendo.duckdb")) as connection:
        store.fill(connection, folder / "crescendo.duckdb")
        for name in store.TABLES:
            moment = {"runs": "started_at", "observations": "observed_date"}.get(name, "noted_at")
            connection.execute(f"update operations.{name} set {moment} = {moment} - interval 1 day")
    return folder


def test_a_build_measures_loads_tables_columns_models_and_tests(copied):
    counts = "select subject_type, count(distinct subject_id) from operations.observations group by all"
    with duckdb.connect(str(copied / "crescendo.duckdb"), read_only=True) as connection:
        found = dict(connection.execute(counts).fetchall())
        assert found.keys() == {
            "column",
            "endpoint",
            "finding",
            "model",
            "phase",
            "run",
            "source",
            "table",
            "test",
            "warehouse",
        }
        assert found["table"] > 150 and found["column"] > 500 and found["model"] > 290 and found["test"] > 450
        counted, stated = connection.execute("""
            select (select count(*) from raw_moovitamix.track_pages__items), max(row_count) filter (
                where table_name = 'raw_moovitamix.track_pages__items') from operations.tables""").fetchone()
        assert counted == stated
        nulls, stated = connection.execute("""
            select (select count(*) - count(duration) from raw_moovitamix.track_pages__items), max(null_count) filter (
                where table_name = 'raw_moovitamix.track_pages__items' and column_name = 'duration')
            from operations.columns""").fetchone()
        assert nulls == stated
        assert connection.execute("select verb, run_outcome from operations.fct_runs").fetchall() == [("build", None)]
        sources = connection.execute("select distinct source from operations.fct_extractions order by 1").fetchall()
        assert sources == [("leads",), ("moovitamix",), ("soundcharts",), ("tmdb",)]


@pytest.mark.parametrize(("by", "metric"), [("table", "rows"), ("endpoint", "records"), ("phase", "seconds")])
def test_averages_answer_of_ourselves(built, by, metric):
    done = crescendo(built, project_in(built), "averages", "--by", by, "--metric", metric, "--last", "7d",
                     "--format", "json")  # fmt: skip
    rows = json.loads(done.stdout)
    with duckdb.connect(str(built / "crescendo.duckdb"), read_only=True) as connection:
        query = "select subject_name from operations.observations where subject_type = ? and metric = ?"
        measured = {name for (name,) in connection.execute(query, [by, metric]).fetchall()}
        spine = """
            select substr(subject_id, length(?) + 2), avg(value) from metrics.fct_observations
            inner join metrics.dim_series using (series_id)
            where metric_id = 'crescendo:' || ? and subject_id like ? || ':%' group by all"""
        known = dict(connection.execute(spine, [by, metric, by]).fetchall())
    # what dbt itself took is known after the spine is built: the next build enters it
    assert known and known.keys() <= measured
    assert {row["name"]: row["average_per_observed_day"] for row in rows} == pytest.approx(known)


def of_a_run(copied, tmp_path, spoil):
    """The alerts of one more run that measures what `spoil` left of a copy of the built sample."""
    folder = tmp_path / "world"
    shutil.copytree(copied, folder, symlinks=True)
    file = folder / "crescendo.duckdb"
    with journal.run("build", file) as run:
        spoil(folder, file)
        with duckdb.connect(str(file), read_only=True) as connection:
            measure.built(run, connection, folder / "target")
    own = [rule for rule in RULES if rule.platform == "crescendo" and rule.metric != "disk_free_ratio"]
    return [one for one in watch(file, applied=own).alerts if one.subject_type not in ("column", "endpoint")]


def test_an_emptied_table_of_a_real_build_is_told(copied, tmp_path):
    def emptied(_folder, file):
        with duckdb.connect(str(file)) as connection:
            connection.execute("delete from listening.fct_listens; checkpoint")

    [one] = of_a_run(copied, tmp_path, emptied)
    assert (one.rule_name, one.subject_name, one.value) == ("table_emptied", "listening.fct_listens", 0)


def test_a_model_that_dbt_cannot_build_is_told_with_its_words(copied, tmp_path):
    def broken(folder, file):
        (folder / "models").unlink()
        shutil.copytree(ROOT / "models", folder / "models")
        model = folder / "models/marts/operations/fct_runs.sql"
        model.write_text(model.read_text().replace("phased.peak_bytes", "phased.no_such_column"))
        words = ("build", "--select", "fct_runs", "--exclude-resource-type", "unit_test")
        done, said = dbt.run(*words, root=folder, into=folder / "target", file=str(file))
        assert not done, said

    found = of_a_run(copied, tmp_path, broken)
    [one] = [one for one in found if one.rule_name == "model_failed"]
    assert one.subject_name == "fct_runs" and "no_such_column" in one.sentence_en
    assert {one.rule_name for one in found} == {"model_failed"}


def test_the_command_says_what_is_wrong_and_ends_with_1_while_it_is_critical(file, tmp_path):
    environment = project_in(tmp_path) | {"CRESCENDO_DB": str(file)}
    duckdb.connect(str(file)).close()
    assert crescendo(tmp_path, environment, "watch").stdout.startswith("Nothing is wrong")
    with journal.run("publish csv", file) as run:
        run.exit_code = 1
    done = crescendo(tmp_path, environment, "watch", "--lang", "fr")
    assert (done.returncode, "Le dernier publish csv a échoué" in done.stdout) == (1, True), done.stderr
    assert done.stdout.splitlines()[0] == "1 alerte : critique 1"
    done = crescendo(tmp_path, environment, "watch", "--format", "json")
    [one] = json.loads(done.stdout)["alerts"]
    assert (done.returncode, one["state"], one["occurrences"]) == (1, "repeated", 2)
    assert {**one} == json.loads(json.dumps(asdict(alerts.current(file)[0]), default=datetime.isoformat))
    with journal.run("publish csv", file):
        pass
    done = crescendo(tmp_path, environment, "watch")
    assert (done.returncode, "resolved: The last publish csv failed" in done.stdout) == (0, True)


@pytest.mark.parametrize("form", ["table", "json", "prometheus"])
def test_of_no_warehouse_it_never_says_that_nothing_is_wrong(file, capsys, monkeypatch, form):
    monkeypatch.chdir(ROOT)
    assert main(["watch", "--format", form]) == 2
    missing = f"error: there is no warehouse at {file}: run `make build`, or name one in CRESCENDO_DB\n"
    assert capsys.readouterr() == ("", missing)
    assert not list(file.parent.iterdir()), "nor leaves anything beside it"
    with journal.run("publish csv", file) as run:
        run.exit_code = 1
    assert main(["watch", "--format", form]) == 1, "its runs are judged"
    assert capsys.readouterr().out
    with journal.run("publish csv", file):
        pass
    assert main(["watch", "--format", form]) == 2
    assert capsys.readouterr() == ("", missing)


def test_a_load_that_refused_a_file_names_it_and_has_not_failed(file, tmp_path):
    environment = on_any_disk(tmp_path, file)
    (tmp_path / "landing").mkdir()
    (tmp_path / "landing" / "good.csv").write_text(csv_text([song(1)]))
    (tmp_path / "landing" / "odd.csv").write_text("a note")
    assert crescendo(tmp_path, environment, "load").returncode == 2
    done = crescendo(tmp_path, environment, "watch", "--format", "json")
    [one] = json.loads(done.stdout)["alerts"]
    assert (done.returncode, one["rule_name"], one["severity"]) == (0, "files_refused", "warning")
    assert one["sentence_en"] == (
        f"The last load refused 1 file: odd.csv is not a known document: its first line begins ***: {BY_MAPPING}."
        " What could be read is loaded."
    )
    assert one["sentence_fr"].startswith("Le dernier chargement a refusé 1 fichier : odd.csv")
    # a load of which nothing is loaded has failed
    assert crescendo(tmp_path, environment, "load", "landing/odd.csv").returncode == 2
    done = crescendo(tmp_path, environment, "watch", "--format", "json")
    rules = {one["rule_name"]: one["severity"] for one in json.loads(done.stdout)["alerts"]}
    assert (done.returncode, rules) == (1, {"run_failed": "critical", "files_refused": "warning"})


def test_without_rules_it_says_where_they_are(file):
    with pytest.raises(CrescendoError, match=r"seeds/alert_rules\.csv"):
        watch(file)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("method", "guess", "line 2: method 'guess' is none of bound, zero"),
        ("severity", "bad", "line 2: severity 'bad' is none of critical"),
        ("high", "many", "line 2: high is to be a number or blank, not 'many'"),
        ("rule_name", "table_doubled", "line 3: rule_name table_doubled is there twice"),
    ],
)
def test_a_rule_that_cannot_be_read_is_named_by_line_and_field(tmp_path, field, value, said):
    with (ROOT / "seeds" / "alert_rules.csv").open() as opened:
        rows = list(csv.DictReader(opened))
    rows[0][field] = value
    with (tmp_path / "rules.csv").open("w", newline="") as written:
        table = csv.DictWriter(written, rows[0].keys())
        table.writeheader()
        table.writerows(rows)
    with pytest.raises(CrescendoError, match=said):
        rules.read(tmp_path / "rules.csv")


def test_that_an_alert_was_told_is_kept_while_it_goes_on(file):
    with journal.run("load", file) as run:
        run.exit_code = 1
    [one] = watch(file, applied=RULES).alerts
    moment = datetime(2026, 1, 2, 3, 4, 5)
    alerts.mark_notified(file, [one.alert_id, "unknown"], moment)
    assert [one.notified_at for one in alerts.current(file)] == [moment]
    assert [(one.state, one.notified_at) for one in watch(file, applied=RULES).alerts] == [("repeated", moment)]
    assert (journal.folder(file) / "alerts.json").stat().st_mode & 0o777 == 0o600
