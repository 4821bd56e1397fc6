"""`crescendo build`: from nothing to a warehouse, and nothing the second time."""

import subprocess
import sys

import duckdb
from conftest import crescendo, project_in


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
    assert "from metrics.song_days" in said


def test_the_logic_of_the_models_holds(built, tmp_path):
    command = [sys.executable, "-m", "dbt.cli.main", "test", "--select", "test_type:unit"]
    # a target of its own: other tests read what the build compiled
    environment = project_in(built) | {"DBT_TARGET_PATH": str(tmp_path)}
    done = subprocess.run(command, cwd=built, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_a_second_build_changes_nothing_and_says_so(built):
    before = digest(built)
    again = crescendo(built, project_in(built), "build")
    assert again.returncode == 0
    assert again.stdout.startswith("Nothing has changed")
    assert digest(built) == before


def test_files_of_the_user_are_not_mixed_with_the_sample(tmp_path):
    environment = project_in(tmp_path)
    for name in ("models", "seeds", "tests", "analyses"):  # nothing to build: this is about what is loaded
        (tmp_path / name).unlink()
    (tmp_path / "landing").mkdir()
    (tmp_path / "landing" / "mine.csv").write_text("song_id,title,artist,timeSeries\na,Own,Me,[]\n")
    done = crescendo(tmp_path, environment, "build")
    assert done.returncode == 0, done.stderr
    assert [path.name for path in (tmp_path / "landing").iterdir()] == ["mine.csv"]
    with duckdb.connect(environment["CRESCENDO_DB"], read_only=True) as connection:
        assert connection.execute("select song_id from raw_soundcharts.report_songs").fetchall() == [("a",)]


def test_a_sample_does_not_join_what_was_loaded_from_elsewhere(tmp_path):
    environment = project_in(tmp_path)
    for name in ("models", "seeds", "tests", "analyses"):
        (tmp_path / name).unlink()
    (tmp_path / "mine.csv").write_text("song_id,title,artist,timeSeries\na,Own,Me,[]\n")
    assert crescendo(tmp_path, environment, "load", "mine.csv").returncode == 0
    done = crescendo(tmp_path, environment, "build")
    assert "built from what was loaded before, not from a sample" in done.stdout
    assert not (tmp_path / "landing").exists()
    with duckdb.connect(environment["CRESCENDO_DB"], read_only=True) as connection:
        assert connection.execute("select song_id from raw_soundcharts.report_songs").fetchall() == [("a",)]


def test_a_model_that_fails_ends_the_build_with_its_words(tmp_path):
    environment = project_in(tmp_path)
    (tmp_path / "seeds").unlink()
    done = crescendo(tmp_path, environment, "build")
    assert done.returncode == 1
    assert "dbt build failed" in done.stderr
