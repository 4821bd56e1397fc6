"""A manifest is taken for the project's only while both are as they were when dbt wrote it; so is what dbt parsed."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from conftest import ROOT, project_in
from conftest import dbt as run_dbt
from crescendo import dbt, swap
from crescendo.errors import CrescendoError

MANIFEST = {"metadata": {"invocation_id": "first"}, "nodes": {"a": {"resource_type": "model", "compiled_code": "1"}}}


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project of one model, and the manifest of a build of it; dbt itself is not run."""
    monkeypatch.delenv("DBT_TARGET_PATH", raising=False)
    (tmp_path / "models").mkdir()
    (tmp_path / "dbt_project.yml").write_text("name: small\n")
    (tmp_path / "models" / "a.sql").write_text("select 1")
    (tmp_path / "target").mkdir()
    (tmp_path / "target" / "manifest.json").write_text(json.dumps(MANIFEST))
    (tmp_path / "target" / dbt.MARK).write_text(f"{dbt.fingerprint(tmp_path)} first\n")
    return tmp_path


def ask_nothing(*words, **options):
    return False, f"dbt was run: {words[0]}"


def test_the_manifest_of_a_build_is_read_as_it_is(project, monkeypatch):
    monkeypatch.setattr(dbt, "run", ask_nothing)
    assert dbt.manifest(project) == MANIFEST


@pytest.mark.parametrize("name", ["models/a.sql", "dbt_project.yml", "seeds/new.csv", "tests/deep/new.yml"])
def test_a_project_that_changed_is_compiled_again(project, monkeypatch, name):
    monkeypatch.setattr(dbt, "run", ask_nothing)
    (project / name).parent.mkdir(parents=True, exist_ok=True)
    (project / name).write_text("changed")
    with pytest.raises(CrescendoError, match="dbt was run: compile"):
        dbt.manifest(project)


@pytest.mark.parametrize(
    "written",
    [
        MANIFEST | {"metadata": {"invocation_id": "by hand"}},
        MANIFEST | {"nodes": {"a": {"resource_type": "model", "compiled_code": None}}},
    ],
    ids=["of another run", "without compiled code"],
)
def test_a_manifest_that_dbt_wrote_for_somebody_else_is_not_used(project, monkeypatch, written):
    monkeypatch.setattr(dbt, "run", ask_nothing)
    (project / "target" / "manifest.json").write_text(json.dumps(written))
    with pytest.raises(CrescendoError, match="dbt was run: compile"):
        dbt.manifest(project)


def test_a_folder_that_is_no_project_is_named(tmp_path):
    with pytest.raises(CrescendoError, match=f"there is no dbt_project.yml in {tmp_path}"):
        dbt.manifest(tmp_path)


def test_a_project_that_has_not_changed_is_not_parsed_again_for_another_file(tmp_path):
    """Parsing takes a third of a small build; a copy that is worked on has another path than the warehouse."""
    environment = project_in(tmp_path)
    log = tmp_path / "logs" / "dbt.log"
    assert run_dbt(tmp_path, environment, "parse").returncode == 0
    assert "[debug]" not in log.read_text()
    assert run_dbt(tmp_path, environment, "--log-level-file", "debug", "parse").returncode == 0
    assert "Nothing changed, skipping partial parsing" in log.read_text()


def test_a_file_of_another_name_is_parsed_again(tmp_path):
    """The name of the file is that of the database, and dbt keeps it with each model."""
    environment = project_in(tmp_path) | {"CRESCENDO_DB": str(tmp_path / "other.duckdb")}
    assert run_dbt(tmp_path, environment, "parse").returncode == 0
    assert "profile has changed" in (tmp_path / "logs" / "dbt.log").read_text()


def test_the_sql_of_tests_is_that_of_the_last_whole_build_of_this_project_and_database(project, monkeypatch):
    monkeypatch.chdir(project)
    tests = {
        name: {"resource_type": "test", "database": database, "compiled_code": code}
        for name, database, code in (("known", "x", "select 1"), ("other", "y", "select 2"), ("never", "x", None))
    }
    models = {"a": {"resource_type": "model", "database": "x", "compiled_code": "select 3"}}
    whole = {"metadata": {"invocation_id": "first"}, "nodes": models | tests}
    (project / "target" / "manifest.json").write_text(json.dumps(whole))
    now = dbt.fingerprint()
    assert dbt._compiled_tests(project / "target" / "docs", now, "x") == {}
    dbt.keep_manifest()
    (project / "target" / "manifest.json").write_text("of a build of some models")
    assert dbt._compiled_tests(project / "target" / "docs", now, "x") == {"known": "select 1"}
    assert dbt._compiled_tests(project / "target" / "docs", "of another project", "x") == {}


@contextmanager
def doing(*words):
    """A process that is no dbt, to be told what to do as if it were."""
    asking, asked = socket.socketpair()
    with asking, subprocess.Popen(words, stdin=asked, stdout=subprocess.PIPE, text=True) as process:
        asked.close()
        try:
            yield process, asking
        finally:
            process.kill()


@pytest.mark.parametrize(
    ("changed", "wanted", "is_kept"),
    [
        ("", ["model.a"], True),
        ("", None, False),
        ("models/a.sql", ["model.a"], False),
        ("target/manifest.json", ["model.a"], False),
    ],
    ids=["of some models", "of all models", "the project has changed", "dbt was run by hand since"],
)
def test_a_build_of_some_models_leaves_the_manifest_of_this_project(project, monkeypatch, changed, wanted, is_kept):
    monkeypatch.chdir(project)
    if changed:
        later = (project / "target" / dbt.MARK).stat().st_mtime_ns + 1
        (project / changed).write_text("{}")
        os.utime(project / changed, ns=(later, later))
    with doing("head", "-1") as echo:
        _, said = dbt.run("build", wanted=wanted, process=echo)
    assert (dbt.KEPT in json.loads(said)["environment"]) == is_kept


def test_a_process_that_was_begun_and_has_nothing_to_do_ends_with_whoever_began_it(monkeypatch):
    monkeypatch.setattr(dbt, "subprocess", subprocess)
    with dbt.begun() as (process, asking):
        asking.close()  # as the kernel does if that one is killed
        assert (process.wait(60), process.stdout.read()) == (0, "")


def test_dbt_ends_with_whoever_runs_it(tmp_path):
    """A parent that is killed while dbt builds; what it builds would not be used, and its lock keeps others away."""
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "endless.sql").write_text("select count(*) as n from range(10_000_000_000_000)")
    (tmp_path / "dbt_project.yml").write_text("{name: endless, profile: crescendo}")
    shutil.copy(ROOT / "profiles.yml", tmp_path)
    ask = "from crescendo import dbt; dbt.run('run', file='endless.duckdb', heard=lambda line: print(line, flush=True))"
    command = [sys.executable, "-c", ask]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as parent:
        assert any("1 of 1 START" in line for line in parent.stdout)
        [child] = Path(f"/proc/{parent.pid}/task/{parent.pid}/children").read_text().split()
        parent.kill()
    until = time.monotonic() + 60
    try:
        while Path(f"/proc/{child}").exists():
            assert time.monotonic() < until
            time.sleep(0.05)
    finally:
        with suppress(ProcessLookupError):
            os.kill(int(child), signal.SIGKILL)


def test_whoever_works_on_a_copy_holds_its_lock(project):
    """Also dbt that began before there was a copy: its words come with the lock."""
    file = project / "some.duckdb"
    file.touch()
    count = "import socket; print(len(socket.recv_fds(socket.socket(fileno=0), 65536, 8)[1]))"
    how = {"wait": 0, "settle": lambda path: None, "tidy": lambda path: None}
    with doing(sys.executable, "-c", count) as before, doing(sys.executable, "-c", count) as without:
        with swap.renewed(file, **how):
            assert dbt.run("build", root=project, process=before) == (True, "1\n")
        assert dbt.run("build", root=project, process=without) == (True, "0\n")


def test_a_process_that_has_ended_says_why(project):
    with doing("echo", "no memory") as ended:
        ended[0].wait()
        assert dbt.run("build", root=project, process=ended) == (True, "no memory\n")


def test_what_was_read_ahead_is_given_once_and_for_the_same_bytes_only(tmp_path):
    ask = f"""if True:
        from pathlib import Path
        from crescendo.dbt_cli import Manifest, _read_ahead
        from dbt.parser.manifest import extended_mashumuro_decoder as decoder
        file, same, other = Path({str(tmp_path / "partial_parse.msgpack")!r}), Manifest(), Manifest()
        other.metadata.project_id = "other"
        from_bytes = Manifest.from_msgpack
        _read_ahead(file)
        assert Manifest.from_msgpack == from_bytes, "there is no file"
        Manifest.from_msgpack(same.to_msgpack(), decoder=decoder)
        from_bytes = Manifest.from_msgpack
        file.write_bytes(b"cut")
        _read_ahead(file)
        assert Manifest.from_msgpack == from_bytes, "the file holds something else"
        for later in (same, other):
            file.write_bytes(same.to_msgpack())
            _read_ahead(file)
            ahead = [cell.cell_contents for cell in Manifest.from_msgpack.__closure__]
            read = Manifest.from_msgpack(later.to_msgpack(), decoder=decoder)
            assert any(read is cell for cell in ahead) == (later is same)
            assert Manifest.from_msgpack == from_bytes, "a manifest is changed by whoever reads it"
    """
    subprocess.run([sys.executable, "-c", ask], check=True)


def test_what_dbt_holds_its_configuration_to_is_made_once_a_release(tmp_path):
    """And a file that is something else is made again."""
    before = json.dumps({"of a release before": {"dbt.contracts.project.ProjectFlags": {}}})
    contents = [None, "{cut", "[]", "null", '"text"', before]
    # what is kept is written as a process ends: one for each content, of one that has imported dbt
    ask = f"""if True:
        import os, sys
        from pathlib import Path
        from crescendo import dbt_cli
        from dbt.contracts.project import ProjectFlags
        for number, content in enumerate({contents!r}):
            file = Path({str(tmp_path)!r}, str(number))
            if content is not None:
                file.write_text(content)
            if not os.fork():
                dbt_cli._keep_schemas(file)
                kept = ProjectFlags.json_schema()
                assert kept == dbt_cli._json_schema(ProjectFlags)
                sys.exit()
            assert os.wait()[1] == 0, content
    """
    subprocess.run([sys.executable, "-c", ask], check=True)
    for number, _content in enumerate(contents):
        [(release, schemas)] = json.loads((tmp_path / str(number)).read_text()).items()
        assert "dbt-core" in release
        assert list(schemas) == ["dbt.contracts.project.ProjectFlags"]


@pytest.mark.parametrize(("day", "is_refused"), [("'1999-12-31'", True), ("1999-12-31", True), ("2010-01-01", False)])
def test_a_first_day_before_the_calendar_is_refused(tmp_path, day, is_refused):
    done = run_dbt(tmp_path, project_in(tmp_path), "parse", "--vars", f"{{earliest_date: {day}}}")
    assert bool(done.returncode) == is_refused, done.stdout
    assert ("begins on 2000-01-01: write 2000-01-01 or a later day" in done.stdout) == is_refused
