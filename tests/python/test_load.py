"""A load is all or nothing, and the same records are the same tables, however often and in whatever files they come."""

import csv
import gzip
import json
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import duckdb
import pytest
from crescendo import warehouse
from crescendo.cli import INTERRUPTED
from crescendo.errors import CrescendoError
from crescendo.ingest import deliver, plan, read, run
from crescendo.sources.soundcharts.report import report_lines
from crescendo.sources.soundcharts.world import World
from reports import COLUMNS, STREAMS, Desk, csv_text, json_lines, point, song

SONGS = [song(number) for number in range(1, 7)]
LONE = csv_text([song(9)])


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    """What the tables say once SONGS are loaded, undisturbed."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("expected")
        patch.setenv("CRESCENDO_DB", str(folder / "x.duckdb"))
        desk = Desk(folder)
        desk.load(desk.write("all.csv", csv_text(SONGS)))
        return desk.digests()


def halves(desk):
    return [desk.write("a.csv", csv_text(SONGS[:3])), desk.write("b.csv", csv_text(SONGS[3:]))]


WAYS = {
    "as it is": lambda desk: [[desk.write("a.csv", csv_text(SONGS))]],
    "twice": lambda desk: [[desk.write("a.csv", csv_text(SONGS))]] * 2,
    "under another name": lambda desk: [[desk.write("a.csv", csv_text(SONGS))], [desk.write("b.csv", csv_text(SONGS))]],
    "another name at once": lambda desk: [[desk.write("a.csv", csv_text(SONGS)), desk.write("b.csv", csv_text(SONGS))]],
    "in halves": lambda desk: [halves(desk)],
    "one half after the other": lambda desk: [[half] for half in reversed(halves(desk))],
    "in another order": lambda desk: [[desk.write("a.csv", csv_text(SONGS[::-1]))]],
    "repeated in the file": lambda desk: [[desk.write("a.csv", csv_text(SONGS + SONGS[:2]))]],
    "packed": lambda desk: [[desk.write("a.csv.gz", gzip.compress(csv_text(SONGS).encode()))]],
    "as lines of JSON": lambda desk: [[desk.write("a.ndjson", json_lines(SONGS, separators=(",", ":")))]],
    "as an array": lambda desk: [[desk.write("a.json", json.dumps(SONGS, indent=1))]],
    "as CSV, then as JSON": lambda desk: [
        [desk.write("a.csv", csv_text(SONGS[:4], numbered=False))],
        [desk.write("a.ndjson", json_lines(SONGS))],
    ],
    "beside what is refused": lambda desk: [[desk.write("x.csv", "no report"), desk.write("a.csv", csv_text(SONGS))]],
}


@pytest.mark.parametrize("way", WAYS)
def test_the_same_records_are_the_same_tables(desk, expected, way):
    for paths in WAYS[way](desk):
        desk.load(*paths)
    assert desk.digests() == expected
    assert desk.balanced()


def test_an_unchanged_file_is_not_read_again(desk):
    path = desk.write("a.csv", csv_text(SONGS))
    desk.load(path)
    ledger = desk.ask("from load_audit.loads"), desk.ask("from load_audit.files")
    code, [file] = desk.load(path)
    assert (code, file["status"]) == (0, "unchanged")
    assert (desk.ask("from load_audit.loads"), desk.ask("from load_audit.files")) == ledger


def test_a_changed_file_replaces_its_own_rows_only(desk):
    desk.load(desk.write("a.csv", csv_text(SONGS[:3])), desk.write("b.csv", csv_text(SONGS[2:4])))
    later = SONGS[0] | {"timeSeries": [point(1, 1501), point(2, 1601), point(3, 1701)]}
    code, [file] = desk.load(desk.write("a.csv", csv_text([later, SONGS[1]])))
    assert (code, file["counts"]["records_loaded"], file["counts"]["records_duplicate"]) == (0, 1, 1)
    songs = desk.ask("""
        select s.song_id[-1:]::integer, f.path[-5:], max(t.spotify_streams)
        from raw_soundcharts.report_songs as s
        inner join load_audit.files as f on f._file_id = s._file_id and f.is_current
        inner join raw_soundcharts.report_songs__time_series as t on t._parent_row_id = s._row_id
        group by all order by all
    """)
    # song 3 was in both files: it stays, and is the other's now
    assert songs == [(1, "a.csv", 1701), (2, "a.csv", 1602), (3, "b.csv", 1603), (4, "b.csv", 1604)]
    assert desk.ask("select count(*) from raw_soundcharts.report_songs__summaries") == [(4,)]
    assert desk.balanced()


def test_a_file_that_went_back_is_as_it_was(desk, expected):
    for records in (SONGS, SONGS[:2], SONGS):
        desk.load(desk.write("a.csv", csv_text(records)))
    assert desk.digests() == expected


def test_a_refused_new_version_keeps_the_old_rows(desk, expected):
    desk.load(desk.write("a.csv", csv_text(SONGS)))
    for broken in ("", "<html>", "a,b\n"):
        assert desk.load(desk.write("a.csv", broken))[0] == 2
    assert desk.digests() == expected
    assert desk.ask("select status, is_current from load_audit.files order by _file_id") == [
        ("loaded", True),
        *[("refused", False)] * 3,
    ]
    desk.load(desk.write("a.csv", csv_text(SONGS)))
    assert desk.digests() == expected
    assert desk.balanced()


def test_a_file_that_is_gone_is_not_forgotten(desk, expected):
    path = desk.write("a.csv", csv_text(SONGS))
    desk.load()
    path.unlink()
    assert desk.load() == (0, [])
    assert desk.digests() == expected


def test_a_dry_run_tells_and_changes_nothing(desk):
    desk.load(desk.write("a.csv", LONE))
    before = desk.digests(), desk.ask("from load_audit.files")
    code, files = desk.load(
        desk.write("b.csv", csv_text(SONGS)), desk.write("a.csv", csv_text(SONGS[:1])), options=["--dry-run"]
    )
    assert (code, [file["counts"]["records_in"] for file in files]) == (0, [1, 6])
    assert (desk.digests(), desk.ask("from load_audit.files")) == before


def test_a_file_without_its_marks_is_loaded_as_the_source_that_is_named(desk):
    columns = tuple(column for column in COLUMNS if column != "title")
    path = desk.write("a.csv", csv_text([song(1)], columns))
    assert desk.load(path)[0] == 2
    assert desk.load(path, options=["--source", "soundcharts"])[0] == 0
    assert desk.load(desk.write("b.json", '{"song_id": "x"}'), options=["--source", "soundcharts.report"])[0] == 0
    assert desk.ask("select song_id, title from raw_soundcharts.report_songs where title is null") == [
        (song(1)["song_id"], None),
        ("x", None),
    ]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nowhere.csv"], "nowhere.csv does not exist: name a file or folder to load"),
        (["--source", "spotify", "{landing}"], "there is no source 'spotify': choose one of "),
        (["--wait", "soon"], "--wait is a number from 0 to 86400, not soon"),
        (["--format", "xml"], "--format is table or json, not 'xml'"),
    ],
)
def test_a_mistake_is_explained(desk, words, said):
    desk.write("a.csv", LONE)
    code, out, err = desk.run("load", *(word.format(landing=desk.folder) for word in words))
    assert (code, out) == (2, "")
    assert said in err


def test_a_warehouse_that_is_none_is_left_alone(desk):
    desk.warehouse.write_text("a letter to a friend" * 1000)
    code, _, err = desk.run("load", desk.write("a.csv", LONE))
    assert (code, str(desk.warehouse) in err) == (2, True)
    assert desk.warehouse.read_text().startswith("a letter")


def test_many_small_files_are_one_load(desk, expected):
    for number in range(60):
        desk.write(f"{number}.csv", csv_text([SONGS[number % 6]]))
    desk.write("45.csv", csv_text([SONGS[45 % 6]]) + '3\tx,"open\n')
    _, files = desk.load()
    assert sum(file["counts"]["records_loaded"] for file in files) == 6
    assert sum(file["counts"]["records_rejected"] for file in files) == 1
    assert desk.digests() == expected
    assert desk.balanced()


# --- one file never keeps the others out ---------------------------------------------------------------------------


def nested(folder, depth, name="d"):
    """A folder in a folder ..., with a file at its end that only relative paths reach."""
    here = Path.cwd()
    try:
        os.chdir(folder)
        for _ in range(depth):
            Path(name).mkdir()
            os.chdir(name)
        Path("deep.csv").write_text(LONE)
    finally:
        os.chdir(here)


def with_request(request):
    def build(desk):
        desk.write("song-audience__song-1__spotify__p0001.json", json.dumps(page()))
        desk.write("song-audience__song-1__spotify__p0001.request.json", request)

    return build


def huge_request(desk):
    with_request("{}")(desk)
    os.truncate(desk.folder / "song-audience__song-1__spotify__p0001.request.json", 3 << 30)


def odd_gzip(flags, more=b"", behind=b""):
    """A gzip file whose header has what DuckDB does not read."""
    packed = gzip.compress(LONE.encode())
    return packed[:3] + bytes([flags]) + packed[4:10] + more + packed[10:] + behind


BESIDE = {  # what lies beside a good file -> (how it is made, what is said of it; nothing if it is loaded)
    "a name that is not UTF-8": (
        lambda desk: desk.write(os.fsdecode(b"b\xff.csv"), LONE),
        "b\\xff.csv has a name that is not UTF-8: rename it",
    ),
    "a folder whose name is not UTF-8": (
        lambda desk: nested(desk.folder, 1, os.fsdecode(b"b\xff")),
        "b\\xff/deep.csv has a name that is not UTF-8: rename it",
    ),
    "a loop of links": (
        lambda desk: [(desk.folder / name).symlink_to(target) for name, target in ("ab", "ba")],
        "/b is a link ",
    ),
    "a link to itself": (lambda desk: (desk.folder / "a").symlink_to("a"), "/a is a link "),
    "a path too long": (lambda desk: nested(desk.folder, 20, "d" * 250), "cannot be read: File name too long"),
    "many folders in each other": (lambda desk: nested(desk.folder, 1500), ""),
    "a request that is a list": (with_request("[1]"), ""),
    "a request that is a text": (with_request('"x"'), ""),
    "a request that is broken": (with_request("{"), ""),
    "a request that is nested": (with_request('{"a":' * 100_000), ""),
    "a request with half a surrogate": (with_request('{"platform": "\\ud800"}'), ""),
    "a request of bytes": (with_request(b"\xff\xfe{"), ""),
    "a request of 3 GB": (huge_request, ""),
    "gzip with padding": (lambda desk: desk.write("a.csv.gz", odd_gzip(0, behind=bytes(8))), ""),
    "gzip with a comment": (lambda desk: desk.write("a.csv.gz", odd_gzip(16, b"a comment\0")), ""),
    "gzip with a name": (lambda desk: desk.write("a.csv.gz", odd_gzip(8, b"name\0")), ""),
    "gzip with extra fields": (lambda desk: desk.write("a.csv.gz", odd_gzip(4, b"\3\0abc")), ""),
    "gzip that is cut off": (
        lambda desk: desk.write("a.csv.gz", odd_gzip(0)[:-4]),
        "a.csv.gz cannot be read: Compressed file ended before the end-of-stream marker was reached",
    ),
    "gzip with a wrong sum": (
        lambda desk: desk.write("a.csv.gz", odd_gzip(0)[:-8] + b"\0" * 4 + odd_gzip(0)[-4:]),
        "a.csv.gz cannot be read: CRC check failed",
    ),
    "an array that ends with a comma": (
        lambda desk: desk.write("a.json", json.dumps([song(1), song(2)])[:-1] + ",\n"),
        "a.json is not a whole JSON array: it ends with a comma",
    ),
    "an array that is cut in its first record": (
        lambda desk: desk.write("a.json", json.dumps([song(1)])[:-40]),
        "a.json is not a whole JSON array: unexpected end of data, after record 0",
    ),
    "an array with a record of 20 MB": (
        lambda desk: desk.write("a.json", json.dumps([song(1, title="x" * 20_000_000), song(2)])),
        "a.json ",
    ),
    "an endless head": (lambda desk: desk.write("a.json", '{\\"' * 22_000), "a.json is JSON of no known document"),
}


@pytest.mark.parametrize("what", BESIDE)
def test_one_file_never_keeps_the_others_out(desk, what):
    build, said = BESIDE[what]
    build(desk)
    desk.write("good.csv", csv_text(SONGS))
    started = time.monotonic()
    code, out, err = desk.run("load", desk.folder, "--format", "json")
    assert time.monotonic() - started < 30
    assert said in err
    assert (code, err.count("error: ")) == ((2, 1) if said and "loop" not in what else (2, 2) if said else (0, 0))
    good = [file for file in json.loads(out)["files"] if file["path"].endswith("good.csv")]
    assert [file["counts"]["records_loaded"] for file in good] == [6]
    assert desk.balanced()
    assert desk.run("load", desk.folder)[0] == code
    subprocess.run(["rm", "-rf", desk.folder], check=True)  # what pytest would remove by recursion


@pytest.mark.parametrize("change", ["vanishes", "grows", "is a folder"])
def test_a_file_that_changes_under_the_load_keeps_no_other_out(desk, monkeypatch, change):
    path = desk.write("a.csv", csv_text(SONGS[:3]))
    desk.write("b.csv", csv_text(SONGS[3:]))
    prepare, changed = run.prepare, []

    def prepare_later(bench, batch):
        if not changed:
            changed.append(path.unlink())
            if change == "grows":
                desk.write("a.csv", csv_text(SONGS))
            if change == "is a folder":
                path.mkdir()
        prepare(bench, batch)

    monkeypatch.setattr(run, "prepare", prepare_later)
    code, files = desk.load()
    loaded = sum(file["counts"]["records_loaded"] for file in files)
    assert (code, loaded) == ((0, 6) if change == "grows" else (2, 3))
    assert desk.balanced()


def test_a_file_that_engine_and_python_cannot_read_is_found_among_many(desk, monkeypatch):
    for number in range(40):
        desk.write(f"{number}.csv", csv_text([song(number)]))
    count = deliver.count

    def fails(bench, batch, inserted):
        if any(file.path.stem in ("7", "23") for file in batch.files):
            bench.scratch.execute("select error('spoiled')")
        count(bench, batch, inserted)

    monkeypatch.setattr(deliver, "count", fails)
    code, files = desk.load()
    refused = [file for file in files if file["status"] == "refused"]
    assert [(code, file["path"][-6:], "spoiled" in file["reason"]) for file in refused] == [
        (2, "23.csv", True),
        (2, "/7.csv", True),
    ]
    assert desk.ask("select count(*) from raw_soundcharts.report_songs") == [(38,)]
    assert desk.balanced()


# --- pages, which are prepared ahead of their turn -----------------------------------------------------------------


def page(number=1, days=2, **more):
    """A song's audience as the API answers it, newest day first."""
    items = [
        {
            "date": f"2024-05-{day % 28 + 1:02}T00:00:00+00:00",
            "plots": [{"identifier": "a", "value": number}, {"identifier": "b", "value": day}],
        }
        for day in range(days)
    ]
    return {"related": {"uuid": f"song-{number}"}, "items": items} | more


@pytest.mark.parametrize("said", ["spotify", "it's", 'a "word"', "a\0b", "a\\", "é", "%_", "null", " "])
def test_a_page_that_was_asked_for_the_same_is_there_already_whatever_was_asked(desk, said):
    request = json.dumps({"document": "song-audience", "uuid": "x", "platform": said})
    for names, loaded in (("a", 1), ("b", 0), ("cde", 2)):
        for name in names:
            desk.write(f"{name}.json", json.dumps(page("abcde".index(name) // 2)))
            desk.write(f"{name}.request.json", request)
        code, files = desk.load(options=["--platform", "deezer"])
        assert code == 0, files
        found = [file["counts"]["records_loaded"] for file in files if file["status"] == "loaded"]
        assert sum(found) == loaded


def write_pages(desk, pages):
    for number, one in pages.items():
        text = one if isinstance(one, str) else json.dumps(one)
        desk.write(f"song-audience__song-{number}__spotify__p0001.json", text)


def ledger(desk):
    """What the ledger says beside its loads."""
    with_files = "from load_audit.{} as l inner join load_audit.files as f using (_file_id) order by all"
    tables = ("rejected_records", "unknown_fields", "file_records")
    return [desk.ask(f"select f.path, l.* {with_files.format(table)}") for table in tables]


@pytest.mark.parametrize("most", [1, 3000])
def test_pages_are_the_same_tables_whatever_they_are_read_with(desk, monkeypatch, most):
    pages = {number: page(number, number) for number in range(40)}
    pages[7]["mood"], pages[11]["items"][3]["date"] = "calm", "2024-05-32"
    write_pages(desk, pages | {13: json.dumps(pages[13])[:-9], 17: "<html>"})
    desk.write("song-audience__song-5__spotify__p0001.json.gz", gzip.compress(json.dumps(pages[5]).encode()))
    code, files = desk.load()
    said = desk.digests(), ledger(desk)
    desk.warehouse.unlink()
    monkeypatch.setattr(plan, "BATCH_PAGE_BYTES", most)
    assert desk.load() == (code, files)
    assert (desk.digests(), ledger(desk)) == said
    assert desk.balanced()
    assert (code, len(files), sum(file["counts"]["records_loaded"] for file in files)) == (2, 41, 38)
    assert sum(file["counts"]["records_duplicate"] for file in files) == 1
    rejected = [(path.split("__")[1], level) for path, _, _, level, *_ in said[1][0]]
    assert rejected == [("song-11", "row"), ("song-13", "record")]


def test_a_page_is_known_by_what_was_asked_and_by_its_bytes(desk):
    one = json.dumps(page())
    desk.write("song-audience__song-1__spotify__p0001.json", one)
    desk.write("song-audience__song-1__spotify__p0001.json.gz", gzip.compress(one.encode()))
    desk.write("song-audience__song-1__spotify__p0002.json", one)
    desk.write("song-audience__song-1__spotify__p0002.json.gz", gzip.compress(f" {one}".encode()))
    _, files = desk.load()
    assert [file["counts"]["records_duplicate"] for file in files] == [0, 1, 0, 0]


@pytest.mark.parametrize("broken", ["{", '{"related": {"uuid": ', "", "[1]", "null", '{"items": [,]}', '"x"', "{}"])
def test_a_page_that_is_broken_among_others_in_a_file_is_rejected_alone(desk, broken):
    name = "song-audience__song-1__spotify__2024-05-01_2024-05-31__p0001.ndjson"
    code, [file] = desk.load(desk.write(name, f"{json.dumps(page(1))}\n{broken}\n{json.dumps(page(2))}\n"))
    said = [file["counts"][f"records_{how}"] for how in ("loaded", "rejected")]
    assert (code, said) == (0, [3, 0] if broken == "{}" else [2, 0 if not broken else 1])
    assert desk.ask("select line from load_audit.rejected_records where level = 'record'") == [(2,)] * said[1]


def test_a_failure_in_the_middle_of_pages_leaves_nothing_and_ends_at_once(desk, monkeypatch):
    write_pages(desk, {number: page(number) for number in range(20)})
    monkeypatch.setattr(plan, "BATCH_PAGE_BYTES", 1)
    deliver, delivered = run.deliver, []

    def break_off(bench, batch):
        delivered.append(batch)
        if len(delivered) == 5:
            raise CrescendoError("the disk is full")
        deliver(bench, batch)

    monkeypatch.setattr(run, "deliver", break_off)
    code, _, err = desk.run("load", desk.folder)
    assert (code, "the disk is full" in err, len(delivered)) == (2, True, 5)
    assert not desk.warehouse.exists()
    assert [thread.name for thread in threading.enumerate() if "ThreadPool" in thread.name] == []


def test_a_dry_run_makes_no_file_and_shows_what_would_be_rejected(desk):
    path = desk.write("a.csv", csv_text([song(1, song_id=""), song(2, timeSeries=[point(1, 1.5)])]))
    code, out, _ = desk.run("load", path, "--dry-run")
    assert (code, desk.warehouse.exists()) == (0, False)
    for word in ("song_id", "is missing", "timeSeries[1]", "is not a whole number", "1.5"):
        assert word in out


def test_folders_of_loads_that_were_killed_are_removed(desk, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    gone = subprocess.Popen(["true"])
    gone.wait()
    names = [f"crescendo-{gone.pid}-abc", f"crescendo-{os.getpid()}-abc", "crescendo-abc", f"other-{gone.pid}-abc"]
    for name in names:
        (tmp_path / name).mkdir()
    desk.load(desk.write("a.csv", LONE))
    assert [name for name in names if (tmp_path / name).exists()] == names[1:]
    assert {path.name for path in tmp_path.glob("crescendo-*")} == set(names[1:3])


def test_a_full_disk_is_one_sentence_and_changes_nothing(desk, expected):
    desk.load(desk.write("a.csv", csv_text(SONGS)))
    desk.write("b.csv", "".join(report_lines(World(songs=60, days=200))))
    code = "import resource, sys; from crescendo.cli import main; size = int(sys.argv[1]);"
    code += "resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)); sys.exit(main(sys.argv[2:]))"
    environment = os.environ | {"CRESCENDO_DB": str(desk.warehouse)}

    def load_within(size, **more):
        command = [sys.executable, "-c", code, str(size), "load", str(desk.folder)]
        return subprocess.run(command, env=environment | more, capture_output=True, text=True, check=False)

    new = desk.folder.parent / "new.duckdb"
    assert "File too large" in load_within(4096, CRESCENDO_DB=str(new)).stderr
    assert not new.exists()
    for size in (20_000, 100_000):  # less than the log of a load takes
        done = load_within(size)
        assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
        assert "Traceback" not in done.stderr
        assert "rollback" not in done.stderr
        assert "File too large" in done.stderr
        assert desk.digests() == expected
    assert desk.load()[0] == 0


def test_a_page_that_cannot_be_prepared_is_named(desk, monkeypatch):
    write_pages(desk, {number: page(number) for number in range(4)})
    monkeypatch.setattr(read, "stage", lambda bench, _: bench.execute("from nowhere"))
    code, _, err = desk.run("load", desk.folder)
    assert (code, desk.digests()) == (2, {})
    assert "song-audience__song-0__spotify__p0001.json" in err
    assert "cannot be loaded: Catalog Error" in err


@pytest.mark.parametrize(
    "columns",
    [
        "_row_id uuid, value bigint",  # rows had ids
        "_parent_row_id uuid, _index bigint, date date, value bigint",  # rows did not say what their page says
    ],
)
def test_a_warehouse_of_an_earlier_version_is_left_alone(desk, columns):
    with duckdb.connect(str(desk.warehouse)) as connection:
        connection.execute("create schema raw_soundcharts")
        connection.execute(f"create table raw_soundcharts.song_audience_pages__items ({columns})")
    code, _, err = desk.run("load", desk.write("a.csv", LONE))
    assert (code, f"{desk.warehouse} is of an earlier version" in err) == (2, True)
    assert desk.ask("select count(*) from duckdb_tables()") == [(1,)]


# --- two at once, and none to its end -----------------------------------------------------------------------------

HOLD = """
import pathlib, sys, time
from crescendo import warehouse
with warehouse.connect(pathlib.Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep({seconds})
"""


def hold(desk, seconds):
    """Another process that holds the warehouse."""
    held = subprocess.Popen(
        [sys.executable, "-c", HOLD.format(seconds=seconds), desk.warehouse], stdout=subprocess.PIPE, text=True
    )
    held.stdout.readline()
    return held


def test_the_second_waits_and_goes_on(desk):
    path = desk.write("a.csv", LONE)
    with hold(desk, 1):
        assert desk.load(path, options=["--wait", "30"])[0] == 0
    assert desk.balanced()


def test_the_second_says_who_holds_the_file(desk):
    with hold(desk, 60) as held:
        started = time.monotonic()
        code, _, err = desk.run("load", desk.write("a.csv", LONE), "--wait", "0.3")
        held.kill()
    assert code == 2
    assert str(desk.warehouse) in err
    assert f"PID {held.pid}" in err
    assert time.monotonic() - started < 10


def start(desk, *words):
    command = [sys.executable, "-m", "crescendo.cli", "load", *map(str, words)]
    environment = os.environ | {"CRESCENDO_DB": str(desk.warehouse)}
    return subprocess.Popen(
        command,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # a job in the background would not hear of Ctrl-C
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def test_two_loads_at_once_both_come_to_their_end(desk, expected):
    loads = [start(desk, half) for half in halves(desk)]
    for load in loads:
        _, err = load.communicate(timeout=60)
        assert (load.returncode, err) == (0, "")
    assert desk.digests() == expected


KILLS = int(os.environ.get("CRESCENDO_KILLS", "3"))


@pytest.fixture(params=["a report", "pages"])
def long_load(request, desk):
    """What takes a load some time."""
    if request.param == "a report":
        return desk.write("report.csv", "".join(report_lines(World(songs=60, days=300))))
    (desk.folder / "pages").mkdir()
    items = json.dumps(page(days=20000)["items"])  # so long that not all pages are in one batch
    for number in range(14):
        name = f"pages/song-audience__song-{number}__spotify__p0001.json"
        desk.write(name, f'{{"related": {{"uuid": "song-{number}"}}, "items": {items}}}')
    assert 14 * len(items) > 1.2 * plan.BATCH_PAGE_BYTES
    return desk.folder / "pages"


def test_a_load_that_is_interrupted_says_so_and_changes_nothing(desk, long_load):
    desk.load(desk.write("first.csv", LONE))
    before = desk.digests()
    seconds = time.monotonic()
    start(desk, "--dry-run", long_load).communicate()
    seconds, codes = time.monotonic() - seconds, []
    for share in (0.6, 0.8, 0.7, 0.5, 0.9, 0.4):
        load = start(desk, "--dry-run", long_load)
        time.sleep(share * seconds)
        load.send_signal(signal.SIGINT)
        _, err = load.communicate(timeout=30)
        codes.append(load.returncode)
        # before Python minds signals, and when it does no more, they end it without a word
        assert load.returncode in (0, 130, -signal.SIGINT)
        undone, unsure = "interrupted: nothing was changed", f"interrupted: {INTERRUPTED['load']}"
        # what one left that signals ended without a word is named by the next
        said = [line for line in err.splitlines() if line and not line.startswith("removed what a killed run")]
        assert said == [] if load.returncode != 130 else said in ([undone], [unsure])
        if codes.count(130) == 2:
            break
    assert 130 in codes
    assert desk.digests() == before


@pytest.mark.parametrize("module", ["duckdb", "decimal"])
def test_an_interrupt_while_a_module_is_imported_says_so(desk, module):
    """There it is an ImportError of DuckDB, or a module that DuckDB lacks."""
    code = f"""
import os, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background would not hear of Ctrl-C
class Interrupting:
    def find_spec(self, name, *_):
        if name == "{module}":
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Interrupting())
from crescendo.cli import main
sys.exit(main({["load", str(desk.write("first.csv", LONE))]}))
"""
    environment = os.environ | {"CRESCENDO_DB": str(desk.warehouse)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, "interrupted: " in done.stderr) == (130, True), done.stderr
    assert not desk.warehouse.exists()


def test_a_load_that_is_killed_leaves_all_or_nothing(desk, long_load):
    """CRESCENDO_KILLS=50 pytest -k killed: as many moments as you have patience for."""
    desk.load(desk.write("first.csv", LONE))
    before = desk.digests()
    seconds = time.monotonic()
    undisturbed = start(desk, long_load)
    assert undisturbed.communicate()[1] == ""
    seconds, after = time.monotonic() - seconds, desk.digests()
    assert before != after
    moments, outcomes = random.Random(20), set()
    for _ in range(KILLS):
        desk.warehouse.unlink()
        desk.load(desk.folder / "first.csv")
        load = start(desk, long_load)
        time.sleep(moments.uniform(0.3, 1) * seconds)
        load.send_signal(signal.SIGKILL)
        load.communicate()
        found = desk.digests()
        outcomes.add("all" if found == after else "nothing" if found == before else "some")
        assert desk.balanced()
        assert desk.load(long_load)[0] == 0
        assert desk.digests() == after
        assert desk.balanced()
    assert "some" not in outcomes


def test_a_commit_leaves_no_log_that_a_kill_could_cut(desk):
    """DuckDB 1.5 takes large tables out of a log that was cut off before the end of its transaction."""
    log = desk.warehouse.with_name(f"{desk.warehouse.name}.wal")
    with warehouse.connect(desk.warehouse) as connection:
        connection.execute("create table counts (count bigint)")
        assert not log.exists()
        with warehouse.transaction(connection):
            connection.execute("insert into counts from range(400000)")
        assert not log.exists()


def test_numbers_of_the_report_are_those_of_the_file(desk):
    # an independent reading of the sample, with all its dirt
    lines = list(report_lines(World(songs=80, days=300)))
    desk.load(desk.write("report.csv", "".join(lines)))
    seen, streams = set(), 0
    for row in csv.DictReader(re.sub(r"^\d+\t", "", line) for line in lines[:-1]):
        if tuple(row.values()) not in seen:
            seen.add(tuple(row.values()))
            streams += sum(p.get(STREAMS, 0) for p in json.loads(row["timeSeries"]))
    assert desk.ask("select count(*) from raw_soundcharts.report_songs") == [(len(seen),)]
    assert desk.ask("select sum(spotify_streams) from raw_soundcharts.report_songs__time_series") == [(streams,)]
    assert desk.ask("select count(*) from load_audit.rejected_records") == [(1,)]
    assert desk.balanced()


def test_an_unknown_column_is_shown_with_one_example(desk):
    rows = [
        song(number) | {"mood": mood, "blank": "", "contact": "a@example.org"}
        for number, mood in enumerate(["", "calm", "loud"])
    ]
    desk.write("a.csv", csv_text(rows, [*COLUMNS, "mood", "blank", "contact"]))
    desk.load()
    unknown = "select path, record_count, sample from load_audit.unknown_fields order by path"
    assert desk.ask(unknown) == [("blank", 3, None), ("contact", 3, "***"), ("mood", 3, "calm")]


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_of_an_unknown_field_of_people_the_form_alone_is_shown(desk, form):
    lead = {"lead_id": "l1", "created_at": "2026-02-01", "status": "new", "phone": "+33 6 12 34", "nom": "Zoé Martin"}
    lines = [",".join(lead), ",".join(lead.values())] if form == "csv" else [json.dumps(lead)]
    desk.write(f"leads.{form}", "".join(f"{line}\n" for line in lines))
    desk.load()
    unknown = "select path, sample from load_audit.unknown_fields order by path"
    assert desk.ask(unknown) == [("nom", "Xxx Xxxxxx"), ("phone", "+99 9 99 99")]


def test_an_address_is_in_no_example_of_what_was_rejected(desk):
    lead = {"lead_id": "l1", "created_at": "zoe@example.org", "status": "new"}
    desk.write("a.jsonl", f'{json.dumps(lead)}\n{{"lead_id": "l2", "email": "zoe@example.org\n')
    _, [file] = desk.load()
    samples = desk.ask("select line, sample from load_audit.rejected_records order by line")
    assert samples[0] == (1, "***")
    assert len(samples) == len(file["rejects"]) == 2
    assert "zoe" not in str(samples) + str(file["rejects"])
