"""A mistake in the words of a command is one sentence that says what to type, in the reader's language, and code 2."""

import shlex

import click
import pytest
from crescendo.cli import crescendo, main

SAID = {
    "growht": "there is no command 'growht': did you mean growth?",
    "stauts": "did you mean status?",
    "search leo": "did you mean find?",
    "help growht": "did you mean growth?",
    "xyz": "there are app, averages, build, changes",
    "publish": "`crescendo publish` needs one of csv, duckdb, mysql, parquet, postgres",
    "publish postgresql": "there is no command 'publish postgresql': did you mean postgres?",
    "fetch spotify": "there are moovitamix, soundcharts, tmdb",
    "growth 'Léo'": "did you mean --name 'Léo'?",
    "growth --last 28d artist": "did you mean --by artist?",
    "growth 28d": "did you mean --last 28d?",
    "averages 2025-04": "did you mean --window 2025-04?",
    "metrics spotify": "did you mean --platform spotify?",
    "find leo lamp": "a name of several words is in quotes: crescendo find 'leo lamp'",
    "find": '`crescendo find` needs TEXT, for example `crescendo find "leo lamp"`',
    "find leo --limit 5": "did you mean --top?",
    "changes leo": "`crescendo changes --help` lists its options",
    "fetch soundcharts": "`crescendo fetch soundcharts` needs --artist, for example",
    "growth --by-quarter": "the steps are --by-day, --by-week and --by-month",
    "growth --by-weeks": "did you mean --by-week?",
    "growth --by-artist": "did you mean --by artist?",
    "growth --last": "--last needs a value: --last 28d",
    "growth --last --by artist": "--last needs a value: --last 28d",
    "growth --wide=5": "--wide takes no value",
    "growth --top -5": "--top is a whole number from 1, not -5",
    "growth --top five": "--top is a whole number from 1, not five",
    "growth --against last-year": "--against is previous or year, not 'last-year'; did you mean --against year?",
    "growth --locale fr_FR": "did you mean --locale fr?",
    "growth --last 28d --to a.doc": "no file that ends in .csv, .json, .md, .parquet, .txt, .xlsx",
    "growth --last 28d --to /tmp": "--to '/tmp' is no day, such as 2025-04-30",
    "growth --last 28d --format csv --to a.xlsx": "a.xlsx ends as xlsx does: leave out --format csv",
    "growth --from 2025-02-30 --to 2025-03-30": "there is no day --from '2025-02-30': that month ends on 2025-02-28",
    "correlate --to a.doc": "a.doc has no ending that says a format: .html, .json, .txt",
    "load . --wait -1": "--wait is a number from 0 to 86400",
    "fetch moovitamix --timeout 0": "--timeout is a number above 0 to 86400",
    "retrain --as-of soon": "--as-of is a day such as 2025-04-30, not 'soon'",
    "status --lang de": "--lang is en or fr, not 'de'",
    "correlate --to a.doc --lang=fr": "la fin de --to a.doc ne dit aucun format : .html, .json, .txt",
    "growht --lang fr": "erreur : il n'y a pas de commande 'growht' : vouliez-vous dire growth ?",
    "growth --top -5 --lang fr": "erreur : --top est un nombre entier à partir de 1, pas -5",
    "growth --by a --by b --lang fr": "erreur : --by prend une valeur",
}


@pytest.mark.parametrize(("words", "said"), SAID.items(), ids=SAID)
def test_a_mistake_is_met_with_what_to_type(words, said, capsys, monkeypatch, tmp_path):
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    assert main(shlex.split(words)) == 2
    shown = capsys.readouterr()
    assert shown.err.startswith(("error: ", "erreur : "))
    assert shown.err.count("\n") == 1
    assert said in shown.err
    assert shown.out == ""
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("words", [["help"], [], ["help", "growth"]])
def test_help_is_a_word_too(words, capsys):
    assert main(words) == 0
    assert capsys.readouterr().out.startswith("Usage: crescendo ")


def worded(command, words=()):
    """Every option and argument of every verb that takes a word, with the words of its verb."""
    context = click.Context(command)
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            yield from worded(command.get_command(context, name), (*words, name))
    else:
        takes = [one for one in command.params if not (isinstance(one, click.Option) and (one.is_flag or one.hidden))]
        yield from (pytest.param(words, one, id=f"{' '.join(words)} {one.name}") for one in takes)


WORDED = list(worded(crescendo))


def test_most_verbs_take_a_word():
    assert len(WORDED) > 120
    assert len({param.values[0] for param in WORDED}) > 25


@pytest.mark.parametrize(("words", "parameter"), WORDED)
def test_a_blank_value_is_refused_by_its_name_with_what_to_type(words, parameter, capsys, monkeypatch, tmp_path):
    # what an unset variable of a shell leaves; without the option the question would be another one
    monkeypatch.chdir(tmp_path)
    is_option = isinstance(parameter, click.Option)
    name = parameter.opts[0] if is_option else parameter.make_metavar(click.Context(crescendo)).strip("[].")
    ways = ([name, ""], [name, " \t"], [f"{name}="]) if is_option else ([""], ["  "])
    for way in ways:
        assert main([*words, *way]) == 2
        shown = capsys.readouterr()
        assert shown.err.startswith(f"error: {name} is empty: type {name}")
        assert shown.err.count("\n") == 1
        assert shown.out == ""
    assert not list(tmp_path.iterdir())


def test_a_blank_value_is_told_in_french_too(capsys):
    assert main(["growth", "--genre", "", "--lang", "fr"]) == 2
    assert capsys.readouterr().err.startswith("erreur : --genre est vide : écrivez --genre TEXT")
