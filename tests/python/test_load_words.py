"""What `crescendo load` says: it does nothing to a terminal, hides nothing, and is true whenever it is interrupted."""

import pytest
from crescendo.cli import load as loading
from crescendo.ingest import scratch
from reports import csv_text, song


@pytest.fixture
def report(desk):
    return desk.write("a.csv", csv_text([song(1)]))


def test_names_of_files_do_nothing_to_a_terminal(desk):
    desk.write("red\x1b[31m[bold].csv", csv_text([song(1)]))
    desk.write("worse\x1b[31m.csv", "<html>")
    code, out, err = desk.run("load", desk.folder)
    assert code == 2
    assert "\x1b" not in out + err
    assert r"red\x1b[31m[bold].csv" in out
    assert r"worse\x1b[31m.csv is a web page" in err


@pytest.mark.parametrize(
    ("options", "said"),
    [((), "the load is done: `crescendo status` shows it"), (("--dry-run",), "nothing was changed")],
)
def test_an_interrupt_while_results_are_printed_tells_what_holds(desk, report, monkeypatch, options, said):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(loading, "print_result", interrupted)
    code, _, err = desk.run("load", report, *options)
    assert (code, err.strip()) == (130, f"interrupted: {said}")
    assert desk.warehouse.exists() == (not options)
    assert options or len(desk.ask("from load_audit.files")) == 1


def test_files_that_are_not_what_source_says_hide_no_other(desk):
    for number in range(4):
        desk.write(f"{number}.csv", csv_text([song(number)]))
    desk.write("broken.csv", "<html>")
    code, _, err = desk.run("load", desk.folder, "--source", "moovitamix.tracks")
    assert code == 2
    assert err.count("as --source says") == 1
    assert "3 more files are not what --source says" in err
    assert "broken.csv is a web page" in err


def test_a_folder_that_another_load_has_just_removed_is_no_obstacle(tmp_path):
    gone, link, own = tmp_path / "gone", tmp_path / "link", tmp_path / "own"
    own.mkdir()
    link.symlink_to(own)
    assert [scratch._is_own_folder(path) for path in (gone, link, own)] == [False, False, True]


@pytest.mark.parametrize("verb", ["load", "forget"])
def test_an_empty_word_is_not_the_folder_that_one_is_in(desk, verb):
    code, _, err = desk.run(verb, "")
    assert (code, "PATHS is empty: type PATHS" in err) == (2, True)
    assert not desk.warehouse.exists()
