"""From landed pages to listens, in a warehouse of its own: universes apart, orphans and lost pages noticed."""

import gzip
import json
import os
import shutil
import subprocess
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest
from conftest import crescendo, dbt, project_in
from crescendo.sources.moovitamix import simulate as moovitamix

DAY = date(2025, 5, 25)
# versions of films are numbered with those of tracks and users
MODELS = (
    "models/staging/moovitamix",
    "models/staging/load_audit",
    "models/intermediate/listening",
    "+int_films_details_dated",
)


def land(folder: Path, rows: dict, day: date | None = None, size: int = 100) -> None:
    """Write the pages of one extraction as the fetcher or (without a day) a capture does."""
    folder.mkdir(parents=True)
    for route, items in rows.items():
        pages = [
            {"items": items[at : at + size], "total": len(items), "page": at // size + 1, "size": size, "pages": 10}
            for at in range(0, len(items), size)
        ]
        if day is None:
            text = "".join(json.dumps(page) + "\n" for page in pages)
            (folder / f"{route}.pages.jsonl.gz").write_bytes(gzip.compress(text.encode()))
            continue
        for page in pages:
            name = folder / f"{route}__p{page['page']:04d}"
            facts = {"document": route, "load_date": str(day), "page": page["page"]}
            name.with_suffix(".request.json").write_text(json.dumps(facts))
            name.with_suffix(".json").write_text(json.dumps(page))


def build(
    folder: Path, models: tuple[str, ...] = (*MODELS, "models/marts/listening", "path:tests/listening")
) -> tuple[subprocess.CompletedProcess, duckdb.DuckDBPyConnection]:
    """Load what lies in `folder/landing` and build the listening models and their tests."""
    environment = project_in(folder)
    done = crescendo(folder, environment, "load")
    assert done.returncode == 0, done.stderr
    words = ["build", "--indirect-selection", "buildable", "--select", *models, "reference_genres"]
    done = dbt(folder, environment, *words, "--exclude", "test_type:unit", "dim_subjects+")
    return done, duckdb.connect(environment["CRESCENDO_DB"], read_only=True)


def one(connection: duckdb.DuckDBPyConnection, sql: str) -> tuple:
    return connection.execute(sql).fetchone()


def check_universes(connection: duckdb.DuckDBPyConnection, shared_tracks: int) -> None:
    complete = "select count(*), bool_and(is_complete) from listening.fct_listening_extractions"
    assert one(connection, complete) == (6, True)
    shown = "select count(*), count(distinct extraction_id) from listening.fct_listen_snapshots"
    assert one(connection, shown) == (10_000, 2)
    assert one(connection, "select count(*) from listening.fct_listening_refusals") == (0,)
    # an id of both universes is two tracks, and an anomaly
    assert one(connection, "select count(*) from listening.fct_id_reuses where route = 'tracks'") == (shared_tracks,)
    assert one(connection, "select count(*) from listening.dim_tracks_current") == (2_000,)
    assert one(connection, "select count(distinct track_id) from listening.dim_tracks") == (2_000 - shared_tracks,)
    mixed = """
        select count(*) from listening.fct_listen_snapshots as l inner join listening.dim_tracks as t
            on t.track_id = l.track_id and t.version = l.track_version and t.track_key <> l.track_key"""
    assert one(connection, mixed) == (0,)


@pytest.mark.realdata
def test_captured_pages_load_with_nothing_lost_and_universes_stay_apart(tmp_path):
    folder = os.environ.get("CRESCENDO_REALDATA")
    if not folder:
        pytest.skip("CRESCENDO_REALDATA names no folder")
    rows = {}
    for run in ("run_1", "run_2"):
        (tmp_path / "landing" / run).mkdir(parents=True)
        for path in (Path(folder) / "moovitamix_api" / run).glob("*.jsonl.gz"):
            shutil.copy(path, tmp_path / "landing" / run / path.name)
        text = gzip.decompress((tmp_path / "landing" / run / "tracks.pages.jsonl.gz").read_bytes())
        rows[run] = {item["id"] for line in text.splitlines() for item in json.loads(line)["items"]}
    done, connection = build(tmp_path)
    assert done.returncode == 0, done.stdout
    check_universes(connection, len(rows["run_1"] & rows["run_2"]))


def test_two_universes_stay_apart(tmp_path):
    first, second = (moovitamix.faithful(seed, DAY) for seed in (1, 2))
    shared = {row["id"] for row in first["tracks"]} & {row["id"] for row in second["tracks"]}
    land(tmp_path / "landing" / "run_1", first)
    land(tmp_path / "landing" / "run_2", second)
    done, connection = build(tmp_path)
    assert done.returncode == 0, done.stdout
    assert shared
    check_universes(connection, len(shared))


def test_orphans_bad_durations_and_a_lost_page_are_noticed(tmp_path):
    universe = moovitamix.Evolving(7)
    landing = tmp_path / "landing" / "moovitamix"
    for day in (DAY - timedelta(1), DAY):
        dirt = frozenset(("unknown-ids", "null-items", "bad-duration"))
        land(landing / str(day), moovitamix.plant(universe.on(day), 7, dirt), day)
    done, connection = build(tmp_path)
    assert done.returncode == 0, done.stdout
    found = dict(
        connection.execute(
            "select quarantine_reason, count(*) from listening.fct_listening_refusals group by all"
        ).fetchall()
    )
    assert set(found) == {"unknown_track", "no_tracks", "bad_duration"}
    changed = "select count(*) from listening.dim_tracks where not is_newest_version"
    assert one(connection, changed) > (0,)
    connection.close()

    (landing / str(DAY) / "users__p0003.json").unlink()
    (tmp_path / "crescendo.duckdb").unlink()
    done, connection = build(tmp_path, ("+fct_listening_extractions",))
    assert done.returncode == 0, done.stdout
    lost = "select record_count, total_count from listening.fct_listening_extractions where not is_complete"
    [(count, total)] = connection.execute(lost).fetchall()
    assert count == total - 100
    orphans = "select count(*) > 0 from listening.fct_listening_refusals where quarantine_reason = 'unknown_user'"
    assert one(connection, orphans) == (True,)
