"""Each kind of fault raises its alert and no other within one run, names the cause, and is resolved when it is mended.

With its rule taken out, it is not raised. A fault changes the journals of today, or the warehouse by a statement.
"""

import duckdb
import pytest
from crescendo import warehouse
from crescendo.operations import engine, feed
from crescendo.operations.alerts import current
from crescendo.operations.watch import caused, rolled_up, watch
from operation_worlds import COLUMN, RULES, TODAY, clean_today, fresh, now, template, watched, write

POINTS, TRACKS, FCT = "raw_soundcharts.points", "raw_moovitamix.tracks", "fct_songs"
ENDPOINT = "soundcharts/song-audience"


def table(name=POINTS, **values):
    return lambda today: today.change("table", {"table": name}, **values)


def column(**values):
    return lambda today: today.change("column", {"table": TRACKS}, **values)


def measure(kind, subject, metric, value):
    names = {"subject_type": kind, "subject": subject, "metric": metric}
    return lambda today: today.change("measure", names, value=value)


def phase(name, **values):
    return lambda today: today.change("phase", {"phase": name}, **values)


def node(name, **values):
    return lambda today: today.change("dbt_node", {"node": name}, **values)


def requests(every, **values):
    """Change every so many-th request of an endpoint."""
    return lambda today: [one.update(values) for one in today.requests[ENDPOINT][::every]]


def scaled(factor):
    return lambda today: [one.update(seconds=one["seconds"] * factor) for one in today.requests[ENDPOINT]]


def fewer(share):
    return lambda today: today.requests.update({ENDPOINT: today.requests[ENDPOINT][: round(40 * share)]})


def run(**values):
    return lambda today: today.change("end", {}, **values)


def outcome(said):
    return lambda today: setattr(today, "outcome", said)


def killed(today):
    today.ends = False
    today.lines = [one for one in today.lines if one["event"] != "phase" or one["phase"] != "transform"]


def silent(days, *which):
    """Nothing of some series was measured on the last days, nor today."""
    conditions = " or ".join(f"({one})" for one in which)
    return f"delete from operations.observations where observed_date > $today - {days} and ({conditions})"


OF_SOURCE = "subject_id = 'source:moovitamix' or parent_id = 'source:moovitamix' or parent_id = 'table:" + TRACKS + "'"


def without_source(today):
    """No journal says anything of MooVitamix."""
    for event, names in (("measure", "subject"), ("table", "table"), ("column", "table")):
        today.lines = [one for one in today.lines if one["event"] != event or "moovitamix" not in one[names]]
    today.requests.pop("moovitamix/tracks")


def without_table(today):
    today.drop("table", table=POINTS)


def without_build(today):
    today.lines = [{"event": "end", "outcome": "ok"}]
    today.verb = "fetch"


SONG = "series_id = 1 and observed_date = $today"
EVERY_SONG = "series_id <= 8 and observed_date = $today"


def gain(factor, where=SONG):
    return (
        f"update metrics.fct_observations set value = value - change + {factor} * change, change = {factor} * change"
        f" where {where}"
    )


RESET = "update metrics.fct_observations set value = 900, change = 900 - value + change, change_class = 'reset' where "
RESTATED = """
    update metrics.fct_observations set change = -0.2 * value, value = 0.8 * value, change_class = 'restatement'
    where """
GONE = "delete from metrics.fct_observations where observed_date > $today - {days} and {which};"
LAST = """
    update metrics.dim_series as s set last_date = (
        select max(observed_date) from metrics.fct_observations as o where o.series_id = s.series_id)"""
OF_YOUTUBE = "series_id between 9 and 16"

# fault, what is done, the rule and the subject of its alert, words of its sentence
FAULTS = [
    ("a table emptied", table(rows=0, new_rows=0), "table_emptied", f"table:{POINTS}", "is empty"),
    ("a table doubled", table(rows=2_100_000), "table_doubled", f"table:{POINTS}", "there twice"),
    ("a table shrunk", table(rows=500_000), "table_shrunk", f"table:{POINTS}", "rows are lost"),
    ("a load without a row", table(new_rows=0), "no_new_rows", f"table:{POINTS}", "brought no row"),
    ("a table at 40 % of its volume", table(new_rows=400), "volume_fell", f"table:{POINTS}", "far fewer"),
    ("a table at three times its volume", table(new_rows=3000), "volume_leapt", f"table:{POINTS}", "far more"),
    ("old rows again and again", table(newest_date="2025-01-01"), "data_stale", f"table:{POINTS}", "days old"),
    ("a table late", (silent(3, f"subject_id = 'table:{POINTS}'"), without_table), "table_late", f"table:{POINTS}",
     "No load has read"),
    ("a table silent", (silent(9, f"subject_id = 'table:{POINTS}'"), without_table), "table_silent", f"table:{POINTS}",
     "is silent"),
    ("a source late", (silent(4, OF_SOURCE), without_source), "source_late", "source:moovitamix", "is late"),
    ("a source silent", (silent(10, OF_SOURCE), without_source), "source_silent", "source:moovitamix", "is silent"),
    ("a file refused", measure("source", "files", "refused_files", 2), "files_refused", "source:files", "2 files"),
    ("a column that turns null", column(nulls=10_000, valid=0), "column_null", f"column:{COLUMN}", "100 %"),
    ("a column half null", column(nulls=5000, valid=4950), "column_null", f"column:{COLUMN}", "50 %"),
    ("values that lose their form", column(valid=6000), "column_malformed", f"column:{COLUMN}", "have their form"),
    ("a new field", measure("endpoint", ENDPOINT, "unknown_fields", 1), "new_field", f"endpoint:{ENDPOINT}",
     "not declared"),
    ("a type that changes", measure("endpoint", ENDPOINT, "rejected_ratio", 0.9), "values_rejected",
     f"endpoint:{ENDPOINT}", "A type may have changed"),
    ("the same records again", measure("endpoint", ENDPOINT, "duplicate_ratio", 0.9), "duplicates_leapt",
     f"endpoint:{ENDPOINT}", "known already"),
    ("a document at 40 % of its records", measure("endpoint", ENDPOINT, "records", 160), "records_fell",
     f"endpoint:{ENDPOINT}", "far fewer"),
    ("orphans leap", measure("finding", "unknown_track", "findings", 400), "findings_leapt", "finding:unknown_track",
     "400 cases"),
    ("an endpoint slower", scaled(6), "endpoint_slower", f"endpoint:{ENDPOINT}", "slower"),
    ("5 % of requests failing", requests(20, status="500"), "endpoint_errors", f"endpoint:{ENDPOINT}", "fails"),
    ("requests that are cut", requests(10, status="broken connection (ReadError)"), "endpoint_errors",
     f"endpoint:{ENDPOINT}", "fails"),
    ("answers only when asked again", requests(4, retries=1), "endpoint_retries", f"endpoint:{ENDPOINT}",
     "asked again"),
    ("an endpoint asked less", fewer(0.3), "endpoint_fewer", f"endpoint:{ENDPOINT}", "far less"),
    ("an endpoint not asked", (silent(5, f"subject_id = 'endpoint:{ENDPOINT}' and metric = 'requests'"),
                               lambda today: today.requests.pop(ENDPOINT)), "endpoint_late", f"endpoint:{ENDPOINT}",
     "not asked"),
    ("a killed run", killed, "run_killed", "run:build", "(transform)"),
    ("a run that fails", (outcome("failed"), run(error="CrescendoError")), "run_failed", "run:build",
     "(CrescendoError)"),
    ("a model that fails", (node(FCT, status="error", message="Binder Error: no x"), outcome("failed")), "model_failed",
     f"model:{FCT}", "Binder Error: no x"),
    ("a broken promise", (node("songs_are_unique", status="failed", failures=3), outcome("failed")), "test_failed",
     "test:songs_are_unique", "3 rows break"),
    ("a test that cannot run", node("songs_are_unique", status="error", failures=None, message="no x"), "test_error",
     "test:songs_are_unique", "no x"),
    ("tastes that drift", measure("run", "retrain", "drifted", 2), "tastes_drifted", "run:retrain", "2 measures"),
    ("a model that is replaced", measure("run", "retrain", "promoted", 1), "model_promoted", "run:retrain", "better"),
    ("a run twice as long", run(seconds=125), "run_slower", "run:build", "125 s"),
    ("a phase twice as long", (phase("transform", seconds=95), run(seconds=125)), "phase_slower",
     "phase:build.transform", "95 s"),
    ("a model four times as long", node(FCT, seconds=13), "model_slower", f"model:{FCT}", "13 s"),
    ("memory doubles", phase("load", peak_bytes=900_000_000), "phase_memory", "phase:build.load", "of memory"),
    ("CPU doubles", phase("load", cpu_seconds=25), "phase_cpu", "phase:build.load", "of CPU"),
    ("no build for days", (silent(4, "true"), without_build), "build_late", "run:build", "No build"),
    ("builds have stopped", (silent(9, "true"), without_build), "build_silent", "run:build", "have stopped"),
    ("a disk nearly full", measure("warehouse", "warehouse", "disk_free_ratio", 0.04), "disk_nearly_full",
     "warehouse:warehouse", "4 % of it is free"),
    ("the file doubles", measure("warehouse", "warehouse", "file_bytes", 4.2e8), "warehouse_leapt",
     "warehouse:warehouse", "bytes"),
    ("a platform late", GONE.format(days=4, which=OF_YOUTUBE) + LAST, "platform_late", "platform:YouTube", "is late"),
    ("a platform silent", GONE.format(days=10, which=OF_YOUTUBE) + LAST, "platform_silent", "platform:YouTube",
     "is silent"),
    ("a platform half there", GONE.format(days=1, which="series_id between 9 and 12") + LAST, "platform_partial",
     "platform:YouTube", "not complete"),
    ("one counter reset", RESET + SONG, "audience_reset", "song:The song:1", "no loss of audience"),
    ("a counter reset on one platform", RESET + EVERY_SONG, "audience_reset", "platform:spotify", "8 series"),
    ("a restated value", RESTATED + SONG, "audience_restated", "song:The song:1", "no fall"),
    ("an audience that falls by 40 %", gain(0.6), "audience_fell", "song:The song:1", "fell to"),
    ("an audience that leaps", gain(5), "audience_leapt", "song:The song:1", "leapt to"),
    ("a platform on which all fall", gain(0.5, EVERY_SONG), "audience_fell", "platform:spotify", "8 series"),
    ("followers that go", "update metrics.fct_observations set value = 0.6 * value, change_class = 'decrease'"
     " where series_id = 17 and observed_date = $today", "audience_fell", "artist:The artist:1", "fell to"),
    ("a channel without a lead", "update metrics.fct_observations set value = 0 where series_id = 20"
     " and observed_date = $today", "audience_zero", "channel:The channel:1", "no leads received at all"),
    ("a song that is silent", GONE.format(days=5, which="series_id = 3") + LAST, "audience_silent", "song:The song:3",
     "is silent"),
]  # fmt: skip


@pytest.fixture(scope="module")
def clean(tmp_path_factory):
    """A template of a clean warehouse, and the journals of a clean today."""
    file = tmp_path_factory.mktemp("clean") / "t.duckdb"
    template(file)
    return file


@pytest.fixture
def at(clean, tmp_path, monkeypatch):
    """A clean world, in a folder without the project's seeds: today may be a holiday."""
    monkeypatch.chdir(tmp_path)
    file = fresh(clean, tmp_path)
    write(file, clean_today())
    return file


def spoil(file, done):
    today = clean_today()
    for one in done if isinstance(done, tuple) else (done,):
        if isinstance(one, str):
            with duckdb.connect(str(file)) as connection:
                connection.execute(one.replace("$today", f"date '{TODAY}'"))
        else:
            one(today)
    write(file, today)


def judged(file, rules):
    """What rules find, without a state."""
    with warehouse.beside(file, feed.STORED) as connection:
        engine.prepare(connection)
        feed.fill(connection, file, [], TODAY)
        found = caused(rolled_up(connection, engine.judge(connection, rules).found))
        return {one.rule.rule_name for one in found}


def test_there_are_thirty_kinds_of_faults_and_every_rule_has_one():
    assert len(FAULTS) >= 30
    assert {fault[2] for fault in FAULTS} == {rule.rule_name for rule in RULES}


def test_a_clean_world_is_clean(at):
    assert watched(at) == {}


@pytest.mark.parametrize(("done", "rule", "subject", "words"), [one[1:] for one in FAULTS], ids=[f[0] for f in FAULTS])
def test_a_fault_raises_its_alert_alone_and_is_resolved(clean, at, done, rule, subject, words):
    spoil(at, done)
    found = watched(at)
    assert found.keys() == {(rule, subject)}
    [alert] = found.values()
    assert words in alert.sentence_en
    assert alert.sentence_fr != alert.sentence_en
    assert "{" not in alert.sentence_fr
    with duckdb.connect(str(at), read_only=True) as connection:
        assert connection.execute(alert.evidence).fetchall(), alert.evidence
    assert rule not in judged(at, [one for one in RULES if one.rule_name != rule])

    fresh(clean, at.parent)
    write(at, clean_today())
    assert watched(at) == {}
    [mended] = current(at)
    assert (mended.rule_name, mended.state, mended.occurrences) == (rule, "resolved", 1)
    assert mended.resolved_at >= alert.opened_at


def test_an_alert_that_is_seen_again_is_the_same_and_opens_anew_after_it_was_resolved(clean, at):
    spoil(at, table(rows=0, new_rows=0))
    states = [watch(at, now=now(), applied=RULES).alerts[0] for _ in range(3)]
    assert [one.state for one in states] == ["open", "repeated", "repeated"]
    assert [one.occurrences for one in states] == [1, 2, 3]
    assert len({(one.alert_id, one.opened_at) for one in states}) == 1
    write(at, clean_today())
    assert [one.state for one in watch(at, now=now(), applied=RULES).alerts] == ["resolved"]
    spoil(at, table(rows=0, new_rows=0))
    [again] = watch(at, now=now(), applied=RULES).alerts
    assert (again.alert_id, again.state, again.occurrences) == (states[0].alert_id, "open", 1)
    assert again.opened_at > states[0].opened_at


def test_with_little_history_a_rule_says_so_instead_of_judging(at):
    spoil(at, ("delete from operations.observations where observed_date < $today - 10", table(new_rows=100)))
    done = watch(at, now=now(), applied=RULES)
    assert [one for one in done.alerts if one.metric == "new_rows"] == []
    assert done.too_few["volume_fell"] == 2  # both tables
