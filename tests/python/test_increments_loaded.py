"""Loads of all domains, one after another, each built by `crescendo build`, which builds what is stale.

In the end every table that dbt makes, every row and every column, is that of a full refresh of a copy.
"""

import contextlib
import fcntl
import io
import json
import os
import random
import re
import shutil

import duckdb
import pytest
from conftest import crescendo, dbt, project_in
from crescendo.cli import main
from crescendo.operations import journal, store

# each takes a minute; test_increments has those of the spine alone
SEQUENCES = max(1, int(os.environ.get("CRESCENDO_SEQUENCES", "0")))
LOADS = 4 if SEQUENCES > 1 else 2
SIZE = ("--days", "60", "--artists", "1", "--listening-days", "4", "--lead-days", "10", "--film-days", "5")
KINDS = ("--resource-type", "model", "--resource-type", "seed")
# what dbt does not make: what came, the ledger, and what commands write
NOT_BUILT = "schema_name like 'raw\\_%' escape '\\' or schema_name in ('load_audit', 'estimates', 'recommendations')"
MEASURED = ", ".join(f"('operations', '{name}')" for name in store.TABLES)
# other working tables hold what one build judged, or how it was stored
OF_ONE_BUILD = """
    'int_series_changed', 'int_changes_appended', 'int_changes_explained', 'int_changes_dated',
    'int_judging_planned', 'int_series_carried', 'int_series_touched',
    'int_observations_touched', 'int_falls_surrounded', 'int_excursions_found',
    'int_leads_loads_changed', 'int_leads_rows_changed', 'int_leads_planned', 'int_leads_touched',
    'int_leads_calls_touched',
    'int_films_days_changed', 'int_films_planned', 'int_films_days_planned', 'int_films_days_touched',
    'int_films_movies_settled'
"""


def here(folder, environment, *words):
    """Run the command line in a folder, but in the process of the tests; the code, what it said and complained of."""
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for key, value in environment.items():
            patch.setenv(key, value)
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = main([*words])
    return code, out.getvalue(), err.getvalue()


def build(folder, environment):
    """`crescendo build` of what is stale; what it said."""
    done = crescendo(folder, environment, "build")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
    return done.stdout


def refreshed(folder, environment):
    """Every model of a warehouse made anew by dbt itself."""
    done = dbt(folder, environment, "build", *KINDS, "--full-refresh")
    assert done.returncode == 0, done.stdout[-3000:]
    assert "All observations are judged anew: it was asked for." in done.stdout


def tables(path):
    """All rows of all tables that dbt makes, each in an order of its own; the moment of a build is no content."""
    with duckdb.connect(str(path), read_only=True) as connection:
        names = connection.execute(f"""
            select schema_name, table_name from duckdb_tables()
            where not ({NOT_BUILT}) and (schema_name, table_name) not in ({MEASURED})
                and table_name not in ({OF_ONE_BUILD})
        """).fetchall()
        return {
            f"{schema}.{name}": connection.sql(
                f"select columns(c -> c not in ('known_from', 'judged_at')) from {schema}.{name} order by all"
            ).fetchall()
            for schema, name in names
        }


def answered(folder, environment, *words):
    """What every series grew by in the last 28 days; but ours, whose names and groups are those of the newest day."""
    asked = ("growth", "--by", "series", "--metric", "all", "--last", "28d", "--format", "json")
    code, out, err = here(folder, environment, *asked, *words)
    assert code == 0, err
    return [row for row in json.loads(out) if row["platform"] != "crescendo"]


def judged_at(path):
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute("select max(judged_at) from load_audit.judgements").fetchone()[0].isoformat()


def plan_of(path):
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute("""
            select is_whole, whole_reason, (select count(*) from intermediate.int_series_touched)
            from intermediate.int_judging_planned
        """).fetchone()


def copied(folder, to):
    """The warehouse of a folder, its key and its journals in another folder."""
    to.mkdir()
    for name in ("crescendo.duckdb", "crescendo.duckdb.maskkey"):
        shutil.copy(folder / name, to / name)
    shutil.copytree(folder / ".crescendo.duckdb.runs", to / ".crescendo.duckdb.runs")
    return to / "crescendo.duckdb"


def unmeasured(warehouse):
    """Take back what the last build measured after dbt, which dbt has not read: its journal ends before dbt begins."""
    newest = store.journals(warehouse)[-1]
    lines = newest.read_text().splitlines(keepends=True)
    begun = [number for number, line in enumerate(lines) if json.loads(line).get("phase") == "transform"]
    newest.write_text("".join(lines[: begun[0]]))
    with newest.open() as held, duckdb.connect(str(warehouse)) as connection:
        fcntl.flock(held, fcntl.LOCK_EX)  # it was at work
        assert journal.is_alive(newest)
        store.take(connection, [newest])


def landed(folder):
    """A sample of all domains, and what comes later: newer files, and a larger report of the same world."""
    for number, songs in enumerate((40, 48)):
        words = ("sample", "--seed", "1", "--songs", str(songs), *SIZE, "--to", f"made/{number}")
        assert here(folder, {}, *words)[0] == 0
    made, later = folder / "made" / "0", []
    leads = sorted((made / "leads").iterdir())
    groups = {
        "listens": sorted((made / "moovitamix").iterdir())[-1:],
        "films": sorted(path for path in (made / "tmdb").iterdir() if path.is_dir())[-2:],
        "leads": leads[::3],
        "spend": [path for path in leads[1::3] if path.name.startswith("spend")],
        "songs": sorted(path for path in made.glob("soundcharts/*/song-*") if "request" not in path.name)[::5],
        "artists": sorted(path for path in made.glob("soundcharts/*/artist-*") if "request" not in path.name)[::5],
    }
    for group, paths in groups.items():
        (folder / "later" / group).mkdir(parents=True)
        later.append(folder / "later" / group)
        for path in paths:
            request = path.with_name(path.name.replace(".json", ".request.json"))
            for one in {path, request}:
                if one.exists():
                    day = [path.parent.name] if path.parent.parent.name == "soundcharts" else []
                    to = later[-1].joinpath(*day)
                    to.mkdir(exist_ok=True)
                    shutil.move(one, to / one.name)
    assert all(any(path.rglob("*.*")) for path in later)
    return made, [*later, *(folder / "made" / "1").glob("*.csv")]


@pytest.fixture(scope="module")
def begun(tmp_path_factory):
    """A folder with a warehouse of the first files, built whole; and the files that come later."""
    folder = tmp_path_factory.mktemp("begun")
    environment = project_in(folder)
    first, later = landed(folder)
    assert here(folder, environment, "load", str(first))[0] == 0
    assert "Kept" not in build(folder, environment)
    assert plan_of(folder / "crescendo.duckdb")[:2] == (True, "none was judged before")
    return folder, first, later


def drawn(seed, first, later):
    """Loads, and files withdrawn that were loaded at first or just now."""
    draw = random.Random(seed)
    steps = [("load", path) for path in draw.sample(later, LOADS)]
    if seed % 2:
        steps.insert(draw.randrange(1, LOADS), ("forget", draw.choice([steps[0][1], first / "leads", first / "tmdb"])))
    return steps[:LOADS]


@pytest.mark.parametrize("seed", range(SEQUENCES))
def test_after_loads_the_tables_are_those_of_a_full_refresh(tmp_path, begun, seed):
    came_before, first, later = begun
    folder = tmp_path / "own"
    warehouse = copied(came_before, folder)
    environment, touched, steps = project_in(folder), [], drawn(seed, first, later)
    said = {judged_at(warehouse): answered(folder, environment)}
    for verb, path in steps:
        assert here(folder, environment, verb, str(path))[0] == 0
        told = build(folder, environment)
        assert "Kept" in told, (steps, told)
        said[judged_at(warehouse)] = answered(folder, environment)
        is_whole, _reason, count = plan_of(warehouse)
        touched.append(0 if is_whole else count)
    copy = copied(folder, tmp_path / "copy")
    unmeasured(copy)
    refreshed(copy.parent, project_in(copy.parent))
    mine, theirs = tables(warehouse), tables(copy)
    assert mine.keys() == theirs.keys() and len(mine) > 100
    apart = {name: set(map(repr, mine[name])) ^ set(map(repr, theirs[name])) for name in mine}
    wrong = {name: sorted(rows)[:4] for name, rows in apart.items() if rows or len(mine[name]) != len(theirs[name])}
    assert not wrong, (steps, wrong)
    assert any(touched), "no build went on from the one before"
    assert len(said) == 1 + len(steps)
    if seed == 0:
        for moment, answer in said.items():
            assert answered(folder, environment, "--as-known-at", moment) == answer, moment
        code, _, err = here(folder, environment, "growth", "--as-known-at", "2001-01-01")
        assert (code, "nothing was built by then" in err) == (2, True)


def test_a_newer_value_that_cannot_be_hides_none_in_a_build_that_goes_on(tmp_path, begun):
    """Answers of a day later that say of three days what is beyond any count, against older answers and a report."""
    came_before, first, _later = begun
    folder = tmp_path / "own"
    warehouse, environment = copied(came_before, folder), project_in(folder)
    newer, kinds = folder / "newer" / "2025-05-27", ("song-audience__*", "artist-followers__*", "artist-local-*")
    newer.mkdir(parents=True)
    pages = [path for kind in kinds for path in first.glob(f"soundcharts/*/{kind}.json") if "request" not in path.name]
    for path in pages:
        count = r'("(?:value|followerCount)": )[1-9]\d*'
        (newer / path.name).write_text(re.sub(count, rf"\g<1>{2**60}", path.read_text(), count=3))
    observed = """
        select series_id, observed_date, value, is_outlier from metrics.fct_observations
        semi join (from metrics.dim_series where not starts_with(metric_id, 'crescendo:')) using (series_id)
        order by all
    """
    listed = "select * from audience.fct_place_observations order by all"
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        before = [connection.execute(sql).fetchall() for sql in (observed, listed)]
    assert here(folder, environment, "load", str(folder / "newer"))[0] == 0
    assert "Kept" in build(folder, environment)
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        after = [connection.execute(sql).fetchall() for sql in (observed, listed)]
        found = connection.execute("""
            select distinct split_part(record_id, ':', 1), place from quality.fct_findings
            where finding_kind = 'value_too_large'
        """).fetchall()
    assert {("song", "spotify:streams"), ("song", "youtube:views"), ("artist", "youtube:followers")} <= {*found}
    assert before == after
    assert len(before[0]) > 1000
    copy = copied(folder, tmp_path / "copy")
    unmeasured(copy)
    refreshed(copy.parent, project_in(copy.parent))
    mine, theirs = tables(warehouse), tables(copy)
    assert [name for name in mine if mine[name] != theirs[name]] == []
