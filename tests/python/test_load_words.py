"""What `crescendo load` says: it does nothing to a terminal, hides nothing, and is true whenever it is interrupted."""

import pytest
from crescendo.cli import load as loading
from crescendo.ingest import scratch
from reports import csv_text, point, song


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


DRY = ((), ("--dry-run",))


@pytest.mark.parametrize("options", DRY)
def test_what_is_rejected_is_shown_by_kind_with_its_first_and_a_count(desk, options):
    points = [point(day) | {"date": f"0{day}/05/2024"} for day in (1, 2, 3)]
    path = desk.write("a.csv", csv_text([song(1), song(2, release_date="01/02/2024", timeSeries=points)]))
    code, out, err = desk.run("load", path, *options)
    assert (code, err) == (0, "")
    [rows, release] = [line.split() for line in out.splitlines() if line.split()[1:2] in (["row"], ["value"])]
    assert rows[:5] == ["3", "row", "a.csv", "3", "timeSeries[1].date"]
    assert release[:5] == ["1", "value", "a.csv", "3", "release_date"]
    assert out.count("is a date as spreadsheets rewrite them: export it") == 2
    assert ("see `crescendo status` for more of what was rejected" in out) == (not options)


@pytest.mark.parametrize("options", DRY)
def test_a_load_and_a_dry_run_have_the_same_exit_codes(desk, options):
    desk.write("a.csv", csv_text([song(1, timeSeries=[point(1, "many")])]))
    assert desk.run("load", desk.folder, *options)[0] == 0
    desk.write("b.csv", "no report")
    assert desk.run("load", desk.folder, *options)[0] == 2


def test_kinds_of_many_files_are_added_up(desk):
    for name in "abc":
        desk.write(f"{name}.csv", csv_text([song(ord(name), timeSeries=[point(1, 1.5), point(2, 1.5)])]))
    out = desk.run("load", desk.folder)[1]
    assert [line.split()[:3] for line in out.splitlines() if " value " in line] == [["6", "value", "a.csv"]]


def test_a_file_with_a_rejected_value_alone_is_one_with_rejects(desk, report):
    desk.load(desk.write("b.csv", csv_text([song(2, timeSeries=[point(1, 1.5)])])), report)
    out = desk.run("status")[1]
    assert "2 files: 0 refused, 1 with rejected records, rows or values" in out
    assert "Rejected (1)" in out
