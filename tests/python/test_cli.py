"""Every verb explains itself with an example and stands in the README; a mistake is never answered with a traceback."""

import re
import subprocess
import sys
import time

import pytest
from conftest import ROOT
from crescendo.cli import VERBS, main

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


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["grow"], "No such command 'grow'"),
        (["load", "--fast"], "No such option"),
        (["status", "now"], "unexpected extra argument"),
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
