"""What Prometheus is given is valid, says what was measured, and has every metric that the dashboard asks for."""

import json
import re
from datetime import UTC, datetime

import duckdb
import pytest
from conftest import ROOT
from crescendo.cli import main
from crescendo.operations import alerts, journal
from crescendo.operations.alerts import Alert
from crescendo.report.prometheus import exposition, names
from prometheus_client.parser import text_string_to_metric_families

DASHBOARD = json.loads((ROOT / "docs/monitoring/grafana.json").read_text())
NOW = datetime.now(UTC)
# labels that PromQL and Grafana themselves bring
WORDS = {"time", "topk", "bottomk", "sum", "or", "on", "group_left", "d"}


@pytest.fixture
def warehouse(tmp_path, monkeypatch):
    """Of a warehouse that was never built, the journal of one run and two alerts."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CRESCENDO_DB", str(tmp_path / "x.duckdb"))
    file = tmp_path / "x.duckdb"
    with journal.run("build", file) as run:
        with run.phase("load") as phase:
            phase.rows, phase.bytes = 12, 3400
        for seconds in (0.1, 0.2, 0.3):
            run.request("tmdb", "movie-list", seconds, 200)
        run.request("tmdb", "movie-list", 4.0, 500, 1)
        run.table("tmdb", "raw_tmdb.movies", 130, 7, 900, NOW.date())
        run.column("tmdb", "raw_tmdb.movies", "title", "VARCHAR", 7, 2, 4)
        run.dbt_node("dim_movies", "model", "success", 0.5)
        run.dbt_node("dim_movies_is_whole", "test", "fail", 0.1, 3)
        run.measure("source", "tmdb", "crescendo", "files", 4)
        run.measure("source", "tmdb", "crescendo", "new_rows", 7)
        run.measure("source", "files", "crescendo", "refused_files", 1)
        run.measure("endpoint", "tmdb/movie-list", "crescendo", "records", 20)
        run.measure("finding", "odd_title", "crescendo", "findings", 5)
        run.measure("warehouse", "warehouse", "crescendo", "file_bytes", 2e6)
        run.measure("warehouse", "warehouse", "crescendo", "disk_free_ratio", 0.25)
    with alerts.renewed(file) as known:
        known[:] = [alert("a", 'a "title"\\\n<script>', 3.0), alert("b", "gone", None, severity="warning"),
                    alert("c", "over", 1.0, state="resolved")]  # fmt: skip
    return file


def alert(name, subject, value, severity="critical", state="open"):
    noon = datetime(2026, 5, 1, 12)
    return Alert(
        name, f"rule_{name}", severity, "table", subject, "crescendo", "rows", "bound", state, noon, noon,
        noon if state == "resolved" else None, 1, value, None, 9.0, 0, "", "", "", "",
    )  # fmt: skip


def samples(text):
    found = {}
    for family in text_string_to_metric_families(text):
        assert family.documentation
        assert family.type == "gauge"
        for sample in family.samples:
            key = (sample.name, frozenset(sample.labels.items()))
            assert key not in found, f"{key} twice"
            found[key] = sample.value
    return found


def value(found, name, **labels):
    return found[f"crescendo_{name}", frozenset(labels.items())]


def test_every_measure_is_there_with_its_value_and_unit(warehouse):
    found = samples(exposition(warehouse, alerts.current(warehouse)))
    assert value(found, "table_rows", table="raw_tmdb.movies") == 130
    assert value(found, "table_age_days", table="raw_tmdb.movies") == 0
    assert value(found, "column_null_ratio", table="raw_tmdb.movies", column="title") == pytest.approx(2 / 7)
    assert value(found, "column_valid_ratio", table="raw_tmdb.movies", column="title") == pytest.approx(4 / 5)
    assert value(found, "phase_rows", verb="build", phase="load") == 12
    of_endpoint = {"source": "tmdb", "endpoint": "movie-list"}
    assert value(found, "endpoint_requests", **of_endpoint) == 4
    assert value(found, "endpoint_error_ratio", **of_endpoint) == 0.25
    assert value(found, "endpoint_latency_seconds", quantile="0.5", **of_endpoint) == pytest.approx(0.25)
    assert value(found, "endpoint_latency_seconds", quantile="0.99", **of_endpoint) > 3
    assert value(found, "test_failures", test="dim_movies_is_whole") == 3
    assert value(found, "findings", kind="odd_title") == 5
    assert value(found, "run_failed", verb="build") == 0
    assert value(found, "run_last_timestamp_seconds", verb="build") == pytest.approx(NOW.timestamp(), abs=3600)
    assert value(found, "disk_free_ratio") == 0.25
    assert {name for name, _ in found} <= names()


def test_alerts_are_there_while_they_are_open_however_odd_their_names(warehouse):
    found = samples(exposition(warehouse, alerts.current(warehouse)))
    severities = {rank: value(found, "alerts", severity=rank) for rank in ("critical", "warning", "info")}
    assert severities == {"critical": 1, "warning": 1, "info": 0}
    opened = {dict(labels)["subject"]: v for (name, labels), v in found.items() if name == "crescendo_alert_open"}
    assert opened == {'a "title"\\\n<script>': 1, "gone": 1}
    assert [v for (name, _), v in found.items() if name == "crescendo_alert_value"] == [3]


def test_a_file_is_written_whole_and_its_format_is_checked(warehouse, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(ROOT)
    duckdb.connect(str(warehouse)).close()
    target = tmp_path / "crescendo.prom"
    target.write_text("old")
    assert main(["watch", "--format", "prometheus", "--to", str(target)]) in (0, 1)
    assert capsys.readouterr().out == ""
    assert value(samples(target.read_text()), "table_rows", table="raw_tmdb.movies") == 130
    assert target.read_text().endswith("\n")
    assert main(["watch", "--format", "prometheus"]) in (0, 1)
    assert samples(capsys.readouterr().out)
    assert main(["watch", "--format", "prometheus", "--to", str(tmp_path / "no" / "x.prom")]) == 2
    assert "No such file or directory" in capsys.readouterr().err


def test_without_a_warehouse_there_is_a_valid_text(tmp_path):
    found = samples(exposition(tmp_path / "none.duckdb", []))
    assert value(found, "alerts", severity="critical") == 0
    assert not list(tmp_path.iterdir())


def queries():
    for panel in DASHBOARD["panels"]:
        for target in panel["targets"]:
            yield panel["title"], target["expr"], target["legendFormat"]


def test_the_dashboard_asks_for_nothing_that_is_not_there(warehouse):
    found = samples(exposition(warehouse, alerts.current(warehouse)))
    labels_of = {}
    for name, labels in found:
        labels_of.setdefault(name, set()).update(label for label, _ in labels)
    # a platform's days are in a built warehouse alone
    labels_of["crescendo_platform_newest_timestamp_seconds"] = {"platform"}
    asked = set()
    for title, query, legend in queries():
        used = set(re.findall(r"\bcrescendo_\w+", query))
        assert used, title
        assert used <= labels_of.keys(), title
        asked |= used
        known = set.union(*(labels_of[name] for name in used))
        said = set(re.findall(r"(\w+)\s*=~?\"", query)) | set(re.findall(r"{{(\w+)}}", legend))
        assert said <= known, title
        rest = re.sub(r'"[^"]*"', "", query)
        assert set(re.findall(r"[A-Za-z_]\w*", rest)) - used - known <= WORDS, title
    assert len(asked) > 20


def test_the_dashboard_has_each_panel_in_a_place_of_its_own():
    places = [panel["gridPos"] for panel in DASHBOARD["panels"]]
    cells = [(x, y) for p in places for x in range(p["x"], p["x"] + p["w"]) for y in range(p["y"], p["y"] + p["h"])]
    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) < 24
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(places)


def test_the_built_warehouse_is_valid_too(built):
    found = samples(exposition(built / "crescendo.duckdb", []))
    assert value(found, "table_rows", table="metrics.dim_subjects") > 100
    assert {name for name, _ in found} >= {"crescendo_platform_newest_timestamp_seconds", "crescendo_model_failed"}
