"""`crescendo forget`: the warehouse is as if the files had never been loaded."""

import pytest
from crescendo import warehouse
from crescendo.ingest import ledger
from reports import csv_text, song


def test_what_a_file_brought_alone_goes_and_what_another_brought_stays(desk):
    desk.write("a.csv", csv_text([song(1), song(2)]))
    desk.load()
    before = desk.digests()
    other = desk.write("b.csv", csv_text([song(2), song(3)]))
    desk.load()
    assert desk.digests() != before
    code, out, _ = desk.run("forget", other)
    assert (code, out) == (0, "1 file is removed: run `crescendo build`\n")
    assert desk.digests() == before
    assert desk.balanced()


def test_the_first_owner_of_a_shared_record_may_go(desk):
    first = desk.write("a.csv", csv_text([song(1), song(2)]))
    desk.load()
    other = desk.write("b.csv", csv_text([song(2), song(3)]))
    desk.load()
    desk.run("forget", first)
    left = desk.digests()
    desk.warehouse.unlink()
    desk.load(other)
    assert desk.digests() == left


def test_a_folder_is_all_that_was_loaded_from_it_even_if_it_is_gone(desk):
    (desk.folder / "week").mkdir()
    for number in range(3):
        desk.write(f"week/{number}.csv", csv_text([song(number)]))
    desk.write("weekend.csv", csv_text([song(9)]))
    desk.load()
    (desk.folder / "week" / "0.csv").unlink()
    code, out, _ = desk.run("forget", desk.folder / "week")
    assert (code, out.split(" ")[0]) == (0, "3")
    assert [path.rpartition("/")[2] for (path,) in desk.ask("select path from load_audit.files where is_current")] == [
        "weekend.csv"
    ]


def test_a_forgotten_file_can_be_loaded_again(desk):
    desk.write("a.csv", csv_text([song(1)]))
    desk.load()
    before = desk.digests()
    desk.run("forget", desk.folder)
    assert desk.digests() == {}
    _, [file] = desk.load()
    assert (file["status"], desk.digests()) == ("loaded", before)


def test_nothing_to_forget_is_said(desk):
    desk.write("a.csv", csv_text([song(1)]))
    desk.load()
    code, _, err = desk.run("forget", desk.folder / "b.csv")
    assert (code, "nothing was loaded from" in err) == (2, True)


def test_all_or_nothing(desk, monkeypatch):
    path = desk.write("a.csv", csv_text([song(1)]))
    desk.load()
    before = desk.digests()

    def fail(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(ledger, "end", fail)
    assert desk.run("forget", path)[0] == 130
    assert desk.digests() == before
    with warehouse.connect(read_only=True) as connection:
        assert ledger.known_files(connection).keys() == {str(path)}


@pytest.mark.parametrize("words", [(), ("--wait", "nan", "a")])
def test_mistakes_are_explained(desk, words):
    code, _, err = desk.run("forget", *words)
    assert (code, "Traceback" in err) == (2, False)


def test_a_warehouse_that_is_not_there_is_not_made(desk):
    code, out, err = desk.run("forget", desk.write("a.csv", csv_text([song(1)])))
    assert (code, out) == (2, "")
    assert err.startswith(f"error: there is no warehouse at {desk.warehouse}: run `make build`")
    assert [path.name for path in desk.folder.iterdir()] == ["a.csv"]
