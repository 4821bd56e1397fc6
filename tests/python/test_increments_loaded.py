"""Loads of all domains, one after another: after each, every table of metrics is that of a full refresh of a copy."""

import os
import random
import shutil
from pathlib import Path

import duckdb
import pytest
from conftest import crescendo, dbt, project_in

# test_increments has the many sequences; each of these takes minutes
SEQUENCES = 1 + int(os.environ.get("CRESCENDO_SEQUENCES", "0")) // 20
LOADS = 4 if SEQUENCES > 1 else 1
SIZE = ("--days", "60", "--artists", "1", "--listening-days", "4", "--lead-days", "10", "--film-days", "5")
KINDS = ("--resource-type", "model", "--resource-type", "seed")
# other working tables hold what one build judged, or how it was stored
OF_ONE_BUILD = """
    'int_series_changed', 'int_changes_dated', 'int_judging_planned', 'int_series_carried', 'int_series_touched',
    'int_observations_touched', 'int_falls_surrounded', 'int_excursions_found'
"""


def build(folder, environment, *words):
    done = dbt(folder, environment, "build", *KINDS, *words)
    assert done.returncode == 0, done.stdout[-3000:]
    return done.stdout


def tables(path):
    """All rows of all tables of metrics, each in an order of its own."""
    with duckdb.connect(str(path), read_only=True) as connection:
        names = connection.execute(f"""
            select schema_name, table_name from duckdb_tables()
            where schema_name in ('metrics', 'intermediate') and table_name not in ({OF_ONE_BUILD})
        """).fetchall()
        return {
            f"{schema}.{name}": connection.sql(
                f"select columns(c -> c not in ('known_from', 'judged_at')) from {schema}.{name} order by all"
            ).fetchall()
            for schema, name in names
        }


def answered(folder, environment, *words):
    """What every series grew by in the last 28 days."""
    asked = ("growth", "--by", "series", "--metric", "all", "--last", "28d", "--format", "json")
    done = crescendo(folder, environment, *asked, *words)
    assert done.returncode == 0, done.stderr
    return done.stdout


def judged_at(path):
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute("select max(judged_at) from load_audit.judgements").fetchone()[0].isoformat()


def plan_of(path):
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute("""
            select is_whole, whole_reason, (select count(*) from intermediate.int_series_touched)
            from intermediate.int_judging_planned
        """).fetchone()


def landed(folder, draw, seed):
    """A sample of all domains and a larger report of the same world; the newest files come later."""
    for number, songs in enumerate((40, 48)):
        words = ("sample", "--seed", str(seed), "--songs", str(songs), *SIZE, "--to", f"made/{number}")
        assert crescendo(folder, os.environ | {}, *words).returncode == 0
    made = folder / "made" / "0"
    newest = [sorted((made / name).iterdir())[-1] for name in ("moovitamix", "leads")]
    newest += sorted(path for path in (made / "tmdb").iterdir() if path.is_dir())[-2:]
    kept_back = folder / "later"
    for path in [*newest, *draw.sample(sorted((made / "leads").glob("leads-*")), 1)]:
        if path.exists():
            (kept_back / path.parent.name).mkdir(parents=True, exist_ok=True)
            shutil.move(path, kept_back / path.parent.name / path.name)
    return made, [kept_back, *(folder / "made" / "1").glob("*.csv")]


@pytest.mark.parametrize("seed", range(SEQUENCES))
def test_after_each_load_the_tables_are_those_of_a_full_refresh(tmp_path, seed):
    draw, environment = random.Random(seed), project_in(tmp_path)
    first, later = landed(tmp_path, draw, seed + 1)
    warehouse, touched = Path(environment["CRESCENDO_DB"]), []
    assert crescendo(tmp_path, environment, "load", str(first)).returncode == 0
    build(tmp_path, environment)
    assert plan_of(warehouse)[:2] == (True, "none was judged before")
    said = {judged_at(warehouse): answered(tmp_path, environment)}
    for step in [*({"load": path} for path in later), {"forget": later[0]}, {"load": later[0]}][:LOADS]:
        ((verb, path),) = step.items()
        assert crescendo(tmp_path, environment, verb, str(path)).returncode == 0
        told = build(tmp_path, environment)
        said[judged_at(warehouse)] = answered(tmp_path, environment)
        is_whole, reason, count = plan_of(warehouse)
        assert (f"All observations are judged anew: {reason}." in told) == is_whole
        touched.append(0 if is_whole else count)
        copy = tmp_path / "copy" / warehouse.name
        copy.parent.mkdir()
        for name in (warehouse.name, f"{warehouse.name}.maskkey"):
            shutil.copy(tmp_path / name, copy.parent / name)
        anew = project_in(copy.parent)
        assert "All observations are judged anew: it was asked for." in build(copy.parent, anew, "--full-refresh")
        mine, theirs = tables(warehouse), tables(copy)
        assert mine.keys() == theirs.keys() and len(mine) > 20
        wrong = {name: [*(set(mine[name]) ^ set(theirs[name]))][:4] for name in mine if mine[name] != theirs[name]}
        assert not wrong, (step, wrong)
        shutil.rmtree(copy.parent)
    assert any(touched), "no build went on from the one before"
    assert len(set(said.values())) > 1
    for moment, answer in said.items():
        assert answered(tmp_path, environment, "--as-known-at", moment) == answer, moment
    refused = crescendo(tmp_path, environment, "growth", "--as-known-at", "2001-01-01")
    assert (refused.returncode, "nothing was built by then" in refused.stderr) == (2, True)
