"""Every verb explains itself with an example and stands in the README; a mistake is never answered with a traceback."""

import os
import re
import subprocess
import sys
import time

import click
import pytest
from conftest import ROOT
from crescendo.cli import VERBS, crescendo, main, summary

README = (ROOT / "README.md").read_text()


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_has_help_with_an_example_and_stands_in_the_readme(verb, capsys):
    assert main([verb, "--help"]) == 0
    said = capsys.readouterr().out
    summary, examples = said.split("Example", 1)
    assert len(summary.split("\n\n")[1].strip()) > 20
    assert re.search(rf"^\s+crescendo {verb}\b", examples, re.MULTILINE)
    assert re.search(rf"`crescendo {verb}[ `]", README)
    options = re.findall(r"^  (?:-\w, )?(--[a-z-]+)", said, re.MULTILINE)
    described = re.findall(r"^  (?:-\w, )?(--[a-z-]+)(?: \S.*?)??(?:  +|\n {10,})[^\s\[]", said, re.MULTILINE)
    assert set(options) == set(described), "an option without a word of help"


def test_the_help_names_every_verb(capsys):
    assert main(["--help"]) == 0
    said = capsys.readouterr().out
    assert all(re.search(rf"^  {verb}\s+\w", said, re.MULTILINE) for verb in VERBS)


@pytest.mark.parametrize("verb", VERBS)
def test_the_help_says_of_a_verb_what_its_own_help_begins_with(verb):
    command = crescendo.get_command(click.Context(crescendo), verb)
    assert summary(verb, 200) == command.get_short_help_str(200)


def test_the_help_imports_no_verb():
    code = "import sys; from crescendo.cli import main; main(['--help']); print(sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not [module for module in re.findall(r"'([\w.]+)'", done.stdout) if module.startswith("crescendo.cli.")]
    assert "'duckdb'" not in done.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["grow"], "there is no command 'grow': did you mean growth?"),
        (["load", "--fast"], "`crescendo load` has no option --fast: `crescendo load --help` lists them"),
        (["status", "now"], "`crescendo status` takes no word such as 'now'"),
    ],
)
def test_a_mistake_ends_with_code_2(words, said, capsys):
    assert main(words) == 2
    assert said in capsys.readouterr().err


def test_the_command_line_is_there_in_a_moment():
    # what every verb pays before it begins; numpy, pandas and dbt would be seconds
    started = time.process_time()
    code = "import sys; from crescendo.cli import main; main(['--version']); print(sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"duckdb", "numpy", "pandas", "dbt", "scipy", "altair"} & set(re.findall(r"'(\w+)'", done.stdout))
    assert not heavy
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    "words",
    [
        "correlate --seed -1",
        "simulate soundcharts --port 99999",
        "simulate soundcharts --port -1",
        "simulate soundcharts --songs 0",
        "simulate soundcharts --fault-rate nan",
        "simulate moovitamix --drip-seconds -1",
        "simulate moovitamix --restart-after 0",
        "sample --songs 0",
        "sample --days -1",
        "sample --seed -1",
        "load . --wait nan",
        "publish postgres --wait -1",
        "fetch moovitamix --concurrency 0",
        "fetch moovitamix --concurrency -1",
        "fetch moovitamix --timeout nan",
        "fetch moovitamix --timeout -1",
        "fetch moovitamix --timeout 0",
        "fetch moovitamix --backoff inf",
        "fetch moovitamix --url http://[bad",
        "fetch moovitamix --url http://127.0.0.1:99999",
        "fetch moovitamix --url http://a\x00b",
        "fetch moovitamix --url nonsense",
        "fetch moovitamix --to a_file",
        "fetch moovitamix --to a_file/below",
        "fetch soundcharts --sandbox --artist x --to a_file",
    ],
)
def test_an_option_out_of_bounds_is_one_sentence(words, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a_file").touch()
    assert main(words.split(" ")) == 2
    said = capsys.readouterr().err
    assert said.startswith("error: ")
    assert said.count("\n") == 1


def run(words, **more):
    command = [sys.executable, "-m", "crescendo.cli", *words]
    return subprocess.run(command, stderr=subprocess.PIPE, text=True, check=False, **more)


@pytest.mark.parametrize("name", ["crescendo", "crescendo.cli"])
def test_it_runs_as_a_module(name):
    done = subprocess.run([sys.executable, "-m", name, "--help"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Usage: crescendo ")


def test_an_output_that_cannot_be_written_is_one_sentence():
    with open("/dev/full", "w") as full:  # noqa: PTH123 a device
        done = run(["--help"], stdout=full)
    assert (done.returncode, done.stderr) == (
        2,
        "error: the output was not written to its end: No space left on device\n",
    )
    reading, writing = os.pipe()
    os.close(reading)
    done = run(["--help"], stdout=writing)
    os.close(writing)
    assert (done.returncode, done.stderr) == (1, ""), "a reader that has seen enough, such as head, is no mistake"


def test_a_terminal_that_lacks_letters_gets_what_it_can_show(tmp_path):
    environment = os.environ | {"PYTHONIOENCODING": "latin-1", "CRESCENDO_DB": str(tmp_path / "音楽.duckdb")}
    done = subprocess.run(
        [sys.executable, "-m", "crescendo.cli", "status"], env=environment, capture_output=True, check=False
    )
    assert done.returncode == 2
    assert b"\\u97f3\\u697d.duckdb" in done.stderr
    assert b"Traceback" not in done.stderr


def test_an_error_that_names_a_file_cannot_steer_the_terminal(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("CRESCENDO_DB", str(tmp_path / "w.duckdb"))
    assert main(["load", str(tmp_path / "\x1b[31mred")]) == 2
    said = capsys.readouterr().err
    assert "\x1b" not in said
    assert "\\x1b[31mred" in said
