"""`crescendo build`: from nothing to a warehouse, and nothing the second time."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from conftest import ROOT, crescendo, dbt, project_in


def digest(folder):
    with duckdb.connect(str(folder / "crescendo.duckdb"), read_only=True) as connection:
        tables = connection.execute(
            "select table_schema, table_name from information_schema.tables where table_type = 'BASE TABLE'"
        ).fetchall()
        return {
            table: connection.execute(f'select bit_xor(hash(t)) from "{table[0]}"."{table[1]}" as t').fetchone()
            for table in tables
        }


def test_it_ends_with_a_summary_and_what_to_ask(built):
    said = (built / "summary.txt").read_text()
    assert "tests passed" in said
    assert "Took     sample" in said
    assert "from metrics.song_days\n    where not is_outlier order by streams desc" in said


def test_the_long_step_says_how_far_it_is(built):
    told = re.findall(r"^dbt build: (\d+) % of \d+ models, seeds and tests$", (built / "summary.txt").read_text(), re.M)
    assert told == ["25", "50", "75", "100"]


def test_the_shell_greets_with_questions_that_it_can_answer(built):
    greeting = subprocess.run(
        [
            Path(sys.executable).with_name("duckdb"),
            "-readonly",
            "-init",
            ROOT / "scripts/shell.sql",
            built / "crescendo.duckdb",
        ],
        input="",
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    asked = [said.strip() for said in re.findall(r"^  select [^;]+;", greeting, re.M)]
    asked += re.findall(r"^    (select [^;]+;)", (built / "summary.txt").read_text(), re.M)
    assert len(asked) == 6
    with duckdb.connect(str(built / "crescendo.duckdb"), read_only=True) as connection:
        for statement in asked:
            found = connection.execute(statement)
            assert found.description[0][0] in ("name", "title", "schema_name", "column_name"), "names first"
            assert found.fetchall()


def test_help_lists_every_target_and_lint_leaves_the_manifest_of_the_build_alone():
    # the tests may themselves be run by make, which hands its options on
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}

    def make(*words):
        command = ["make", *words]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        return done.stdout

    targets = re.findall(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.M)[0].split()
    assert sorted(line.split()[0] for line in make("help").splitlines()) == sorted(targets)
    # `state:modified+` compares with target/manifest.json, and lint parses for another warehouse
    assert "DBT_TARGET_PATH := target/lint" in make("--print-data-base", "--dry-run", "lint-models")


def test_what_is_built_is_described_where_people_look(built):
    manifest = json.loads((built / "target" / "manifest.json").read_text())
    nodes = [n for n in manifest["nodes"].values() if n["resource_type"] in ("model", "seed")]
    nodes += [source for source in manifest["sources"].values() if source["schema"].startswith("raw_")]
    described = {(n["schema"], n.get("alias") or n["identifier"]): " ".join(n["description"].split()) for n in nodes}
    told = "select schema_name, {}, comment from {} where comment is not null"
    parts = (
        ("table_name", "duckdb_tables()"),
        ("view_name", "duckdb_views()"),
        ("function_name", "duckdb_functions()"),
    )
    with duckdb.connect(str(built / "crescendo.duckdb"), read_only=True) as connection:
        found = [row for name, of in parts for row in connection.execute(told.format(name, of)).fetchall()]
        bare = connection.execute("""
            select schema_name, table_name, column_name from duckdb_columns()
            where not internal and schema_name not in ('main', 'load_audit') and coalesce(comment, '') = ''
        """).fetchall()
    assert described.items() <= {(schema, name): " ".join(said.split()) for schema, name, said in found}.items()
    assert not bare


def test_the_logic_of_the_models_holds(built, tmp_path):
    # a target of its own: other tests read what the build compiled
    environment = project_in(built) | {"DBT_TARGET_PATH": str(tmp_path)}
    done = dbt(built, environment, "test", "--select", "test_type:unit")
    assert done.returncode == 0, done.stdout


def test_a_second_build_changes_nothing_and_says_so(first_built):
    before = digest(first_built)
    again = crescendo(first_built, project_in(first_built), "build")
    assert again.returncode == 0
    assert again.stdout.startswith("Nothing has changed")
    assert digest(first_built) == before


def without_models(folder):
    """A project with nothing to build: these tests are about what is loaded."""
    environment = project_in(folder)
    for name in ("models", "seeds", "tests", "analyses"):
        (folder / name).unlink()
    # read anew: to take everything out of what is known takes longer
    return {name: value for name, value in environment.items() if name != "DBT_PARTIAL_PARSE_FILE_PATH"}


def songs(environment):
    with duckdb.connect(environment["CRESCENDO_DB"], read_only=True) as connection:
        return [song for (song,) in connection.execute("select song_id from raw_soundcharts.report_songs").fetchall()]


MINE = "song_id,title,artist,timeSeries\na,Own,Me,[]\n"


def test_files_of_the_user_are_not_mixed_with_the_sample(tmp_path):
    environment = without_models(tmp_path)
    (tmp_path / "landing").mkdir()
    (tmp_path / "landing" / "mine.csv").write_text(MINE)
    done = crescendo(tmp_path, environment, "build")
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "sample").exists()
    assert songs(environment) == ["a"]


def test_a_sample_does_not_join_what_was_loaded_from_elsewhere(tmp_path):
    environment = without_models(tmp_path)
    (tmp_path / "mine.csv").write_text(MINE)
    assert crescendo(tmp_path, environment, "load", "mine.csv").returncode == 0
    done = crescendo(tmp_path, environment, "build")
    assert "built from what was loaded before, not from a sample" in done.stdout
    assert not (tmp_path / "sample").exists()
    assert songs(environment) == ["a"]


@pytest.mark.parametrize("way", ["landed", "loaded"])
def test_files_of_the_user_take_the_place_of_the_sample(built, tmp_path, way):
    environment = without_models(tmp_path)
    shutil.copytree(built / "sample", tmp_path / "sample")
    done = crescendo(tmp_path, environment, "build")
    assert done.returncode == 0, done.stderr
    assert "landing/ has no files of your own: what is loaded is the made-up sample in sample/" in done.stdout
    assert len(songs(environment)) > 100
    mine = tmp_path / ("landing" if way == "landed" else "elsewhere") / "mine.csv"
    mine.parent.mkdir()
    mine.write_text(MINE)
    if way == "loaded":
        assert crescendo(tmp_path, environment, "load", "elsewhere").returncode == 0
    done = crescendo(tmp_path, environment, "build")
    assert done.returncode == 0, done.stderr
    assert "The made-up sample is removed" in done.stdout
    assert songs(environment) == ["a"]
    assert crescendo(tmp_path, environment, "status").returncode == 0


@pytest.mark.parametrize("mine", [True, False])
def test_the_sample_of_a_project_that_was_moved_is_known_as_one(tmp_path, mine):
    (tmp_path / "before").mkdir()
    environment = without_models(tmp_path / "before")
    (tmp_path / "before" / "sample").mkdir()
    (tmp_path / "before" / "sample" / "report.csv").write_text(MINE)
    assert crescendo(tmp_path / "before", environment, "build").returncode == 0
    moved = (tmp_path / "before").rename(tmp_path / "after")
    environment = without_models(moved)
    if mine:
        (moved / "landing").mkdir()
        (moved / "landing" / "mine.csv").write_text(MINE.replace("\na,", "\nb,"))
    done = crescendo(moved, environment, "build")
    assert done.returncode == 0, done.stderr
    assert "built from what was loaded before" not in done.stdout
    assert ("The made-up sample is removed" in done.stdout) == mine
    assert songs(environment) == (["b"] if mine else ["a"])
    with duckdb.connect(environment["CRESCENDO_DB"], read_only=True) as connection:
        files = connection.execute("select path from load_audit.files where is_current").fetchall()
    assert [path for (path,) in files] == [str(moved / ("landing/mine.csv" if mine else "sample/report.csv"))]


def test_a_model_that_fails_ends_the_build_with_its_words(tmp_path):
    environment = without_models(tmp_path)
    for folder, name, text in (("landing", "mine.csv", MINE), ("models", "wrong.sql", "from {{ ref('seed') }}")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / name).write_text(text)
    done = crescendo(tmp_path, environment, "build")
    assert done.returncode == 1
    assert "dbt build failed" in done.stderr
    assert "depends on a node named 'seed' which was not found" in done.stderr
