"""What an analyst asks, on the sample, in a narrow and in a wide terminal."""

import re

import crescendo as notebook
import pytest
from conftest import crescendo, project_in
from rich.cells import cell_len
from tasks import TASKS

FILES = ("markdown", "csv", "json")


@pytest.fixture(scope="module")
def ask(built):
    environment = project_in(built)
    return lambda width, *words: crescendo(built, environment | {"COLUMNS": str(width)}, *words)


@pytest.mark.parametrize("width", [80, 140])
@pytest.mark.parametrize(("task", "words", "says"), TASKS, ids=[task for task, _words, _says in TASKS])
def test_a_task_is_answered(ask, task, words, says, width):
    done = ask(width, *words)
    assert done.returncode == 0, done.stderr
    for said in says:
        assert re.search(said, done.stdout), f"{task}: {said} is not in\n{done.stdout}"
    if not set(FILES) & set(words):
        title, *lines = done.stdout.splitlines()
        assert title
        wide = [line for line in lines if cell_len(line) > width and not re.search(r"[;:] |^against|^comparée", line)]
        assert not wide  # but sentences


def test_no_figure_is_cut_at_any_width(ask):
    whole = ask(200, "growth", "--last", "28d", "--by", "artist", "--wide").stdout.splitlines()
    figures = {re.split(r"\s{2,}", line)[1] for line in whole[2:12]}
    assert all(re.fullmatch(r"[\d,]+", figure) for figure in figures)
    for width in (60, 80, 100, 120, 160, 200):
        lines = ask(width, "growth", "--last", "28d", "--by", "artist", "--top", "10").stdout.splitlines()
        for line in lines[2:12]:
            for cell in re.split(r"\s{2,}", line.strip())[1:]:
                assert re.fullmatch(r"[+-]?[\d,.]+( [KMBT])?|[+-]?[\d.]+ ?%?|-|[\d-]+|[a-z ]+", cell), (width, line)


@pytest.mark.parametrize("width", [80, 140])
@pytest.mark.parametrize(("verb", "most", "says"), [("status", 24, "accounted for"), ("correlate", 20, "supported")])
def test_what_is_long_is_one_screen(ask, verb, most, says, width):
    lines = ask(width, verb).stdout.splitlines()
    assert len(lines) <= most
    assert says in "\n".join(lines)
    assert all(cell_len(line) <= width for line in lines[1:])  # the first names a path
    assert len(ask(width, verb, "--all").stdout.splitlines()) > 2 * most


MISTAKES = [
    (("growth", "--last", "28d", "--by-day", "--by-week"), "give one step"),
    (("growth", "--last", "28d", "--country", "france"), "--country keeps places: ask --by"),
    (("growth", "--last", "28d", "--by", "city", "--country", "frence"), "did you mean France?"),
    (("growth", "--last", "28d", "--by", "country", "--metric", "streams"), "by country there are "),
    (("find", "a", "--type", "sonk"), "there is no type 'sonk': did you mean song?"),
    (("publish", "postgres"), "set PGHOST and PGDATABASE"),
    (("growth", "--last", "28d", "--top", "-5"), "-5 is not in the range"),
    (("growth", "--last", "28d", "--sort", "nothing"), "there is no column 'nothing'"),
    (("growth", "--from", "2030-01-01", "--to", "2030-02-01"), "in the future"),
]


@pytest.mark.parametrize(("words", "said"), MISTAKES, ids=[" ".join(words) for words, _said in MISTAKES])
def test_a_mistake_is_one_sentence(ask, words, said, monkeypatch):
    monkeypatch.setenv("PGHOST", "")
    done = ask(100, *words)
    assert done.returncode == 2
    assert done.stderr.startswith("error: ") and done.stderr.count("\n") == 1
    assert said in done.stderr


@pytest.mark.parametrize("within", [["artist"], "artist"])
def test_a_mistake_in_a_notebook_has_words(within):
    with pytest.raises(TypeError, match=r"within is a dict such as"):
        notebook.growth(last="28d", within=within)
