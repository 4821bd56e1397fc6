"""Which version was read last: that of which the last file that still holds it was read last.

`Plain` says it in plain Python, over drawn sequences of loads, replaced files and forgotten ones: a record is where the
last file that holds it has it last. A warehouse that went through a sequence has to answer as one into which the files
that are left are loaded in the order in which they were read.

`CRESCENDO_SEQUENCES=60` draws as many sequences.
"""

import json
import os
import random
import shutil
from collections import Counter

import duckdb
import pytest
from compiled import construct
from crescendo.ingest import ledger
from crescendo.ingest.run import prepare_warehouse
from reports import csv_text, song

SEQUENCES = int(os.environ.get("CRESCENDO_SEQUENCES", "4"))
MODELS = ("int_leads_latest", "int_leads_calls_latest", "fct_lead_statuses")
STATUSES = ("new", "validated", "rejected")
LATEST = "select lead_id, lead_status, validated_at is not null, lead_version_count from intermediate.int_leads_latest"
CALLS = "select call_id, outcome from intermediate.int_leads_calls_latest"
HISTORY = "select lead_id, list(lead_status order by status_number) from leads.fct_lead_statuses group by all"


def lead(draw):
    """A version of one of few leads, of which nothing says when it was changed."""
    status = draw.choice(STATUSES)
    moment = "2025-03-01T10:00:00+01:00"
    return {
        "lead_id": f"L{draw.randrange(3)}", "created_at": moment, "direction": "inbound", "consent": True,
        "phone_valid": True, "status": status, "validated_at": moment if status == "validated" else None,
    }  # fmt: skip


def call(draw):
    outcome = draw.choice(["reached", "busy", "voicemail"])
    return {"call_id": f"C{draw.randrange(3)}", "lead_id": "L0", "called_at": None, "attempt_no": 1, "outcome": outcome}


class Plain:
    """What was read, by the definition: the files that are held, in the order in which they were read."""

    def __init__(self):
        self.held = {}  # path -> records; the path that was read last is last

    def load(self, files):
        for path, records in sorted(files.items()):
            if self.held.get(path) != records:
                self.held.pop(path, None)
                self.held[path] = records

    def forget(self, path):
        del self.held[path]

    def versions(self, key):
        """Each thing's versions, the one that was read last being last."""
        place = {}
        for number, records in enumerate(self.held.values()):
            for index, record in enumerate(records):
                if key in record and not (key == "lead_id" and "call_id" in record):
                    place[json.dumps(record)] = number, index
        found = {}
        for text in sorted(place, key=place.get):
            record = json.loads(text)
            found.setdefault(record[key], []).append(record)
        return found

    def leads(self):
        found = self.versions("lead_id")
        return {(lead, all_[-1]["status"], bool(all_[-1]["validated_at"]), len(all_)) for lead, all_ in found.items()}

    def calls(self):
        return {(key, all_[-1]["outcome"]) for key, all_ in self.versions("call_id").items()}

    def history(self):
        told = {}
        for key, versions in self.versions("lead_id").items():
            said = [one["status"] for one in versions]
            told[key] = [now for before, now in zip([None, *said], said, strict=False) if now != before]
        return told


class Sequence:
    """A drawn sequence: each step loads some files, written in this or another form, or forgets one."""

    def __init__(self, desk, seed):
        self.desk, self.draw, self.plain = desk, random.Random(seed), Plain()
        self.pool = {make: [make(self.draw) for _ in range(7)] for make in (lead, call)}
        self.told, self.met, self.number = [], Counter(), 0

    def step(self):
        if self.plain.held and self.draw.random() < 0.3:
            path = self.draw.choice([*self.plain.held])
            self.plain.forget(path)
            assert self.desk.run("forget", self.desk.folder / path)[0] == 0
            self.told.append(("forget", path))
            self.met["forget"] += 1
            return
        files = {}
        for _ in range(self.draw.choice([1, 1, 2, 3])):
            make = self.draw.choice([lead, lead, call])
            again = self.plain.held and self.draw.random() < 0.2
            self.number += 1
            path = self.draw.choice([*self.plain.held]) if again else f"{make.__name__}-{self.number:02}.json"
            make = lead if path.startswith("lead") else call
            files[path] = self.draw.choices(self.pool[make], k=self.draw.randint(1, 4))
        before = {json.dumps(record) for records in self.plain.held.values() for record in records}
        self.met["repeats"] += any(json.dumps(one) in before for records in files.values() for one in records)
        self.plain.load(files)
        written = [self.desk.write(path, self.text(records)) for path, records in files.items()]
        code, results = self.desk.load(*written)
        assert code == 0, results
        self.told.append(("load", files))

    def text(self, records):
        if self.draw.random() < 0.3:
            return json.dumps(records)
        # the last of its lines says nothing of a record: a page of one line would be an object
        return "".join(json.dumps(record) + "\n" for record in records)


def raw_order(desk):
    """Every raw record, the one that was read last being last."""
    kept = "order by _load_id, _file_id, _index"
    leads = desk.ask(f"select lead_id, status from raw_leads.leads {kept}")
    calls = desk.ask(f"select call_id, outcome from raw_leads.call_attempts {kept}")
    return leads, calls


def fresh(desk, folder):
    """A warehouse into which the files that are left are loaded, each by itself, in the order of reading."""
    paths = desk.ask("select path from load_audit.files where is_current order by _file_id")
    used = desk.warehouse.rename(folder / "used.duckdb")
    for (path,) in paths:
        assert desk.run("load", path)[0] == 0
    found = raw_order(desk)
    desk.warehouse.rename(folder / "fresh.duckdb")
    used.rename(desk.warehouse)
    return found


@pytest.mark.parametrize("seed", range(SEQUENCES))
def test_raw_records_are_in_the_order_of_reading(desk, tmp_path, seed):
    drawn = Sequence(desk, seed)
    # a sequence in which no lead is sent again shows nothing
    while len(drawn.told) < 9 or not drawn.met["repeats"]:
        drawn.step()
        assert desk.balanced()
        leads = [record for all_ in drawn.plain.versions("lead_id").values() for record in all_]
        for key, versions in drawn.plain.versions("lead_id").items():
            found = [status for lead_id, status in raw_order(desk)[0] if lead_id == key]
            assert found == [one["status"] for one in versions], (drawn.told, key)
        assert len(raw_order(desk)[0]) == len(leads)
    mine = raw_order(desk)
    assert fresh(desk, tmp_path) == mine, drawn.told


@pytest.mark.parametrize("seed", range(SEQUENCES))
def test_the_version_that_was_read_last_counts(desk, nodes, tmp_path, seed):
    drawn = Sequence(desk, 1000 + seed)
    for number in range(6):
        drawn.step()
        copy = shutil.copy(desk.warehouse, tmp_path / f"{number}.duckdb")
        with duckdb.connect(str(copy)) as connection:
            connection.execute("set threads = 1")
            construct(connection, nodes, MODELS)
            assert set(connection.execute(LATEST).fetchall()) == drawn.plain.leads(), drawn.told
            assert set(connection.execute(CALLS).fetchall()) == drawn.plain.calls(), drawn.told
            assert dict(connection.execute(HISTORY).fetchall()) == drawn.plain.history(), drawn.told


NEW, VALIDATED = (
    {"lead_id": "L1", "created_at": "2025-03-01", "direction": "inbound", "status": status}
    for status in ("new", "validated")
)


def lines(*records):
    return "".join(json.dumps(record) + "\n" for record in records)


def statuses(desk):
    return [status for (status,) in desk.ask("select status from raw_leads.leads order by _load_id, _file_id, _index")]


def test_a_file_that_repeats_a_record_reads_it_again(desk):
    desk.load(desk.write("a.json", lines(NEW)))
    desk.load(desk.write("b.json", lines(VALIDATED)))
    _, [file] = desk.load(desk.write("c.json", lines(NEW)))
    assert file["counts"]["records_duplicate"] == 1, "it is still the same record"
    assert statuses(desk) == ["validated", "new"]
    assert desk.balanced()


def test_a_record_that_a_file_has_twice_is_where_it_is_last(desk):
    desk.load(desk.write("a.json", lines(NEW, VALIDATED, NEW)))
    assert statuses(desk) == ["validated", "new"]
    assert desk.ask("select _index from raw_leads.leads order by 1") == [(2,), (3,)]


def test_a_record_that_two_files_of_a_load_repeat_is_where_the_later_one_has_it(desk):
    desk.load(desk.write("a.json", lines(NEW)))
    array = desk.write("b.json", json.dumps([NEW]))  # in another form, so read apart from the lines
    _, files = desk.load(array, desk.write("c.json", lines(VALIDATED, VALIDATED | {"lead_id": "other"}, NEW)))
    assert [file["counts"]["records_duplicate"] for file in files] == [1, 1]
    held = "from raw_leads.leads as l join load_audit.files as f using (_file_id) where l.status = 'new'"
    [(index, path)] = desk.ask(f"select l._index, f.path {held}")
    assert (index, path.endswith("c.json")) == (3, True)


def test_a_record_whose_file_is_forgotten_is_where_the_file_that_is_left_has_it(desk):
    desk.load(desk.write("a.json", lines(VALIDATED, NEW)))
    other = desk.write("b.json", lines(NEW, VALIDATED))
    desk.load(other)
    assert statuses(desk) == ["new", "validated"]
    desk.run("forget", other)
    assert statuses(desk) == ["validated", "new"]
    assert desk.ask("select _index, _file_id, _load_id from raw_leads.leads order by 1") == [(1, 1, 1), (2, 1, 1)]


def test_a_page_that_is_landed_again_was_read_again(desk):
    """Its lists, too: they name the load of their page."""
    page = {"object": {"uuid": "u", "name": "A", "labels": [{"name": "L"}], "artists": []}, "type": "song"}
    pages = [json.dumps(page), json.dumps(page | {"object": page["object"] | {"name": "B"}})]
    for number, text in enumerate([*pages, pages[0]]):
        path = desk.write(f"song__u__{number}.json", text)
        path.with_name(f"song__u__{number}.request.json").write_text('{"document": "song", "uuid": "u"}')
        assert desk.load(path)[0] == 0
    named = "select object_name from raw_soundcharts.songs order by _load_id"
    loads = """select p.object_name, p._load_id, l._load_id from raw_soundcharts.songs as p
        inner join raw_soundcharts.songs__labels as l on l._parent_row_id = p._row_id order by 2"""
    assert desk.ask(named) == [("B",), ("A",)]
    assert desk.ask(loads) == [("B", 2, 2), ("A", 3, 3)]
    desk.run("forget", path)
    assert desk.ask(loads) == [("A", 1, 1), ("B", 2, 2)]


def test_a_report_that_says_the_same_of_a_song_says_it_again(desk):
    for name, records in (("a", [song(1), song(2)]), ("b", [song(3), song(1)])):
        desk.load(desk.write(f"{name}.csv", csv_text(records)))
    found = "select right(song_id, 1), _load_id, _file_id, _index from raw_soundcharts.report_songs order by 1"
    assert desk.ask(found) == [("1", 2, 2, 2), ("2", 1, 1, 2), ("3", 2, 2, 1)]


def test_of_a_warehouse_from_before_the_last_file_is_known_and_its_place_where_it_was_kept(desk):
    """docs/upgrading.md: what an earlier version did not note is taken from where the record was read first."""
    for name, records in (("a", [VALIDATED, NEW]), ("b", [NEW]), ("c", [VALIDATED])):
        desk.load(desk.write(f"{name}.json", lines(*records)))
    with duckdb.connect(str(desk.warehouse)) as connection:
        connection.execute("alter table load_audit.file_records drop column _index")
        connection.execute("""
            update raw_leads.leads as l set _file_id = 1, _load_id = 1, _index = if(status = 'new', 2, 1)
        """)
    with duckdb.connect(str(desk.warehouse)) as connection:
        prepare_warehouse(connection)
    places = "select status, _load_id, _file_id from raw_leads.leads order by all"
    assert desk.ask(places) == [("new", 2, 2), ("validated", 3, 3)]
    kept = "select _file_id, _index from load_audit.file_records order by all"
    assert desk.ask(kept) == [(1, 1), (1, 2), (2, 2), (3, 1)]
    with duckdb.connect(str(desk.warehouse)) as connection:
        ledger.prepare(connection)
    assert desk.ask(kept) == [(1, 1), (1, 2), (2, 2), (3, 1)]
    assert desk.balanced()


BAD = {
    "a line that is not UTF-8": b'{"lead_id": "\xff"}',
    "a line that is too long": b'{"lead_id": "' + b"x" * (2 << 20) + b'"}',
    "a line that is no JSON": b'{"lead_id": ',
    "a blank line, which is no record": b" \t",
}


@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize("quote", ["", '"'], ids=["read by DuckDB", "read line by line"])
def test_a_line_that_is_rejected_has_a_place(desk, bad, quote):
    """The place of a record is its number among all records of the file, rejected ones included."""
    sent = [NEW | {"lead_id": f"L{number}{quote}"} for number in range(4)]
    text = [json.dumps(one).encode() for one in sent]
    content = b"\n".join([text[0], BAD[bad], text[1], text[2], BAD[bad], BAD[bad], text[3]]) + b"\n"
    _, [file] = desk.load(desk.write("a.json", content + (b'{"a": "\r"}\r' if quote else b"")))
    places = [1, 2, 3, 4] if "blank" in bad else [1, 3, 4, 7]
    found = desk.ask("select left(lead_id, 2), _index from raw_leads.leads order by 1")
    assert found == [(f"L{number}", place) for number, place in enumerate(places)]
    held = desk.ask("select _index from load_audit.file_records order by 1")
    assert [place for (place,) in held] == places
    said = [(reject["line"], reject["record_index"]) for reject in file["rejects"] if reject["line"] < 8]
    assert said == ([] if "blank" in bad else [(2, 2), (5, 5), (6, 6)])
