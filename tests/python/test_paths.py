"""A file or folder that cannot be used is named as it was typed, with what to type, whichever verb it is for."""

import shutil
import socket

import pytest
from crescendo.cli import main

# what each verb is asked to write: a_file is a file, in whose place a folder would have to be; a_folder is a folder
WORDS = [
    "publish csv a_file",
    "publish parquet a_file",
    "publish csv /proc/none",
    "publish duckdb a_file/x.duckdb",
    "publish duckdb /proc/none.duckdb",
    "report daily --to a_file/r.html",
    "report daily --to a_folder",
    "report daily --to none/r.html",
    "report weekly --by artist --to a_file",
    "watch --to none/x.json --format json",
    "growth --last 28d --to none/r.csv",
    "growth --last 28d --to a_file/r.csv",
    "growth --last 28d --chart none/r.svg",
    "metrics --to none/m.csv",
    "insights --to none/x.html --format html",
    "correlate --to none/x.json --format json",
    "sample --songs 2 --to a_file",
    "load --log-file none/x.jsonl a_file",
]


@pytest.fixture
def here(built, tmp_path, monkeypatch):
    """A folder of its own with a copy of the built project."""
    for path in built.iterdir():
        if path.is_symlink():
            (tmp_path / path.name).symlink_to(path.resolve())
    for name in ("crescendo.duckdb", "crescendo.duckdb.maskkey"):
        shutil.copy(built / name, tmp_path)
    shutil.copytree(built / "target", tmp_path / "target")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CRESCENDO_DB", "crescendo.duckdb")
    monkeypatch.setenv("DBT_TARGET_PATH", "target")
    (tmp_path / "a_file").touch()
    (tmp_path / "a_folder").mkdir()
    return tmp_path


@pytest.mark.parametrize("words", WORDS)
def test_a_place_that_cannot_be_written_is_named_as_typed(here, words, capsys):
    before = sorted(path.name for path in here.iterdir())
    typed = next(word for word in words.split() if word.startswith(("a_", "none", "/proc")))
    assert main(words.split()) == 2
    said = capsys.readouterr().err.splitlines()[-1]
    assert said.startswith("error: ")
    assert typed in said
    assert "name another f" in said or "choose another folder" in said
    assert "Errno" not in said and ".tmp" not in said and ".part" not in said
    assert sorted(path.name for path in here.iterdir() if not path.name.startswith(".")) == [
        name for name in before if not name.startswith(".")
    ]


def test_models_that_cannot_be_kept_are_named_with_what_to_do(here, capsys):
    (here / "crescendo.duckdb.models").touch()
    assert main(["recommend", "train"]) == 2
    said = capsys.readouterr().err.splitlines()[-1]
    assert "cannot write models in crescendo.duckdb.models, beside the warehouse: " in said
    assert "make that folder one that you can write to" in said


def test_a_port_that_is_taken_is_said_before_any_address(here, capsys):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert main(["app", "--port", str(port)]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err == f"error: port {port} of 127.0.0.1: Address already in use; choose another --port\n"
