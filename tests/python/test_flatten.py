"""Any document, in any form, becomes the rows its declaration promises; and nothing wrong is ever taken for right."""

import copy
import gzip
import json
import re
from datetime import date

import crescendo.sources
import duckdb
import pytest
from conftest import ROOT
from crescendo.ingest import columns, flatten, judge, slow_path, validate
from crescendo.shapes import Entries, Field, Group, Pairs, Rows, Values, snake_case
from crescendo.sources import all_sources
from crescendo.sources.soundcharts import shapes as soundcharts
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from reports import csv_text, json_lines

SOURCES = [*crescendo.sources.__path__, str(ROOT / "tests" / "python" / "declared")]


@pytest.fixture(autouse=True)
def everything_is_declared(monkeypatch):
    monkeypatch.setattr(crescendo.sources, "__path__", SOURCES)


with pytest.MonkeyPatch.context() as patch:
    patch.setattr(crescendo.sources, "__path__", SOURCES)
    RECORD, _, TALLY = all_sources()["everything"].documents
REPORT = soundcharts.REPORT
LEAVES = {"name": "Ann", "seen": "2024-02-29", "playCount": 7, "delta": -3, "share": 0.25, "live": True}
RICH = (
    {"id": "1"}
    | LEAVES
    | {
        "tree": [
            {
                "date": "2024-05-01T23:00:00-05:00",
                "free": {"a": [1, "é"]},
                "secret": "x",
                "place": {"city": "Oslo", "tags": ["a", "b"]},
                "leaves": [{"size": 1.5, "green": True}, {"size": 2}],
            },
            {"date": "2024-05-02", "free": "plain", "place": None, "leaves": []},
        ],
        "marks": [3, 1, 2],
        "about": LEAVES | {"links": [{"url": "https://a.example"}, {}]},
        "byKind": {
            "streams": {"total": 5, "byYear": {"2023": {"sum": 2, "last": "2023-12-31"}, "2024": {"sum": 3}}},
            "likes": {"total": None, "byYear": {}},
        },
    }
)
BARE = {"id": "2", "tree": []}
ROWS = {
    "records": [
        ("1", "Ann", "2024-02-29", 7, -3, 0.25, True, "Ann", "2024-02-29", 7, -3, 0.25, True),
        ("2", *[None] * 12),
    ],
    "records__tree": [(1, "2024-05-01", '{"a":[1,"é"]}', "Oslo"), (2, "2024-05-02", "plain", None)],
    "records__tree__tags": [(1, "a"), (2, "b")],
    "records__tree__leaves": [(1, 1.5, True), (2, 2.0, None)],
    "records__marks": [(1, 3), (2, 1), (3, 2)],
    "records__about_links": [(1, "https://a.example"), (2, None)],
    "records__by_kind": [
        (1, "streams", "2023", 2, "2023-12-31", 5),
        (1, "streams", "2024", 3, None, 5),
        (2, "likes", None, None, None, None),
    ],
}
COLUMNS = tuple(node.key for node in RECORD.fields)


def rows(desk, table):
    """A raw table's rows, without what the loader adds but for a row's place in its list; days as text."""
    [raw] = [t for t in flatten.raw_tables(RECORD) if t.name == table]
    added = {"_row_id", "_parent_row_id", "_tree_index", "_file_id", "_load_id"} | (
        {"_index"} if raw.is_root else set()
    )
    names = [f"{c}::varchar" if kind == "DATE" else c for c, kind in raw.columns.items() if c not in added]
    return desk.ask(f"select {', '.join(names)} from raw_everything.{table} order by all")


FORMS = {
    "report.csv": csv_text([RICH, BARE], COLUMNS),
    "plain.csv": csv_text([RICH, BARE], COLUMNS, numbered=False),
    "other_order.csv": csv_text([RICH, BARE], COLUMNS[::-1], numbered=False),
    "more.csv": csv_text([RICH | {"mood": "calm"}, BARE], ("mood", *COLUMNS), numbered=False),
    "crlf.csv": csv_text([RICH, BARE], COLUMNS, end="\r\n"),
    "report.csv.gz": gzip.compress(csv_text([RICH, BARE], COLUMNS).encode()),
    "lines.ndjson": json_lines([RICH, BARE]),
    "tight.ndjson": json_lines([RICH, BARE], separators=(",", ":")),
    "lines.ndjson.gz": gzip.compress(json_lines([RICH, BARE]).encode()),
    "shuffled.ndjson": json_lines([dict(reversed(RICH.items())), BARE]),
    "array.json": json.dumps([RICH, BARE]),
    "pretty.json": json.dumps([RICH, BARE], indent=4, ensure_ascii=False),
    "bom.json": "\ufeff" + json.dumps([RICH, BARE]),
}


@pytest.mark.parametrize("name", FORMS)
def test_a_record_becomes_the_same_rows_in_every_form(desk, name):
    code, [file] = desk.load(desk.write(name, FORMS[name]))
    assert (code, file["status"], file["counts"]["records_loaded"]) == (0, "loaded", 2)
    assert {table: rows(desk, table) for table in ROWS} == ROWS
    assert desk.ask("select path, record_count from load_audit.unknown_fields") == [("mood", 2)] * (name == "more.csv")


def test_a_record_in_another_form_is_no_other_record(desk):
    for name, content in FORMS.items():
        desk.write(name, content)
    _, files = desk.load()
    assert sum(file["counts"]["records_loaded"] for file in files) == 2
    assert sum(file["counts"]["records_duplicate"] for file in files) == 2 * len(FORMS) - 2
    assert {table: rows(desk, table) for table in ROWS} == ROWS
    assert desk.balanced()


def each(items, **more):
    for item in items:
        item.update(more)


# what a source may come to send: (how a record changes, and the keys that are new, with a value)
DRIFTS = {
    "a key in an object": (lambda r: each([r["about"]], height=3), ("about.height", "3")),
    "a key that another list declares": (lambda r: each([r["about"]], date=1), ("about.date", "1")),
    "a key in every item": (lambda r: each(r["tree"], mood=[1]), ("tree[*].mood", "[1]")),
    "keys in some items": (lambda r: each(r["tree"][1:], b=None, a="red"), ("tree[*].a", "red"), ("tree[*].b", "")),
    "a key in items of items": (lambda r: each(r["tree"][0]["leaves"][1:], hue=1), ("tree[*].leaves[*].hue", "1")),
    "a key in every entry": (lambda r: each(r["byKind"].values(), rank=1), ("byKind.*.rank", "1")),
    "a key of another place": (lambda r: each(r["tree"], sum=7), ("tree[*].sum", "7")),
    "another order": (lambda r: r.update(tree=[dict(reversed(item.items())) for item in r["tree"]]),),
    "both": (lambda r: r.update(about={"x": 3} | dict(reversed(r["about"].items()))), ("about.x", "3")),
}


@pytest.mark.parametrize("drift", DRIFTS)
def test_new_keys_and_another_order_are_learned_from_a_text_that_has_them(desk, monkeypatch, drift):
    change, *unknown = DRIFTS[drift]
    drifted, wrong = copy.deepcopy(RICH), copy.deepcopy(RICH) | {"id": "3"}
    change(drifted)
    change(wrong)
    wrong["marks"] = "[3,"
    read = []
    read_record = slow_path.read_record
    monkeypatch.setattr(slow_path, "read_record", lambda *said: read.append(said[2]["id"]) or read_record(*said))
    monkeypatch.setattr(judge, "CHECKED_BYTES", 0)  # what is not learned takes the slow path
    _, [file] = desk.load(desk.write("lines.ndjson", json_lines([drifted, BARE, wrong])))
    assert {table: rows(desk, table) for table in ROWS} == ROWS
    assert (file["counts"]["records_loaded"], file["counts"]["records_rejected"]) == (2, 1)
    assert set(read) == {"3"}
    found = desk.ask("select path, record_count, sample from load_audit.unknown_fields order by all")
    assert found == [(path, 2, sample) for path, sample in unknown]
    assert desk.balanced()


@pytest.mark.parametrize("key", ["mood", "size", "leaves[*].hue"])
def test_a_record_without_the_new_key_is_not_counted(desk, key):
    having, lacking = copy.deepcopy(RICH), copy.deepcopy(RICH) | {"id": "3"}
    if key == "leaves[*].hue":
        each(having["tree"][0]["leaves"], hue=1)
        lacking["tree"][0]["leaves"] = []
    else:
        having["tree"][0][key] = 1
    for record in (having, lacking):
        record["tree"] = [dict(reversed(item.items())) for item in record["tree"]]
    desk.load(desk.write("lines.ndjson", json_lines([having, lacking])))
    assert desk.ask("select path, record_count from load_audit.unknown_fields") == [(f"tree[*].{key}", 1)]


@pytest.mark.parametrize("key", ["a.b", "a\\b", "a\nb", "\ud800", "", "x" * 99])
def test_a_key_that_makes_no_pattern_is_not_learned_and_not_lost(desk, key):
    drifted = RICH | {"about": json.dumps({key: 1} | RICH["about"])}
    desk.load(desk.write("report.csv", csv_text([drifted, BARE], COLUMNS)))
    assert {table: rows(desk, table) for table in ROWS} == ROWS
    shown = key.encode("utf-8", "replace").decode()
    assert desk.ask("select path from load_audit.unknown_fields") == [(f"about.{shown}",)]


TALLIES = [
    {
        "tally_id": "1",
        "byCountry": {"FR": 12, "US": 9, "é": 0},
        "days": [{"date": "2024-05-01", "byCity": {"Oslo": 0.5}}],
    },
    {"tally_id": "2", "byCountry": {}, "days": [{"date": "2024-05-02"}, {"byCity": {"Bergen": 1, "": 2}}]},
]


@pytest.mark.parametrize("name", ["t.csv", "t.json", "t.ndjson"])
def test_a_map_of_plain_values_is_a_row_for_each_of_its_keys(desk, name):
    columns = tuple(TALLIES[0])
    content = {"csv": csv_text(TALLIES, columns, numbered=False), "json": json.dumps(TALLIES)}
    _, [file] = desk.load(desk.write(name, content.get(name.split(".")[1], json_lines(TALLIES))))
    assert (file["document"], file["counts"]["rows_loaded"]) == ("tally", 9)
    countries = "select tally_id, t._index, country, plays from raw_everything.tallies__by_country as t"
    assert desk.ask(
        f"{countries} inner join raw_everything.tallies as r on t._parent_row_id = r._row_id order by 2"
    ) == [
        ("1", 1, "FR", 12),
        ("1", 2, "US", 9),
        ("1", 3, "é", 0),
    ]
    assert desk.ask(
        "select _days_index, _index, city, share from raw_everything.tallies__days__by_city order by all"
    ) == [
        (1, 1, "Oslo", 0.5),
        (2, 1, "Bergen", 1.0),
        (2, 2, "", 2.0),
    ]
    assert desk.balanced()


def test_what_is_wrong_in_a_map_of_plain_values_is_rejected_alone(desk):
    wrong = {"tally_id": "3", "byCountry": {"FR": 1.9, "US": None, "DE": {"a": 1}, "IT": 4}, "days": []}
    twice = '{"tally_id": "4", "byCountry": {"FR": 1, "FR": 2}}\n'
    desk.load(desk.write("t.ndjson", json_lines([wrong]) + twice))
    assert desk.ask("select country, plays from raw_everything.tallies__by_country") == [("IT", 4)]
    assert desk.ask("select level, path, reason from load_audit.rejected_records order by all") == [
        ("row", "byCountry.DE", "is not a whole number"),
        ("row", "byCountry.FR", "is not a whole number"),
        ("row", "byCountry.US", "is missing"),
        ("value", "byCountry.FR", "the key is there twice"),
    ]
    assert desk.balanced()


@pytest.mark.parametrize("form", ["{}.json", "{}.json.gz", "{}.jsonl"])
def test_a_page_is_one_record_with_the_facts_of_its_asking(desk, form):
    page = {"id": "p", "everything": 1, "items": [{"n": 1, "inner": [0.5, 2]}, {"n": 2}], "errors": [{"deep": [[]]}]}
    text = json.dumps(page, indent=None if form.endswith("l") else 1)
    name = form.format("everything_page__u1__p0002")
    code, [file] = desk.load(desk.write(name, gzip.compress(text.encode()) if name.endswith(".gz") else text))
    assert (code, file["document"], file["counts"]["rows_loaded"]) == (0, "everything_page", 4)
    assert desk.ask("select id, asked_uuid, asked_page from raw_everything.pages") == [("p", "u1", "2")]
    assert desk.ask("select _index, n from raw_everything.pages__items order by all") == [(1, 1), (2, 2)]
    assert desk.ask("select _items_index, _index, v from raw_everything.pages__inner order by all") == [
        (1, 1, 0.5),
        (1, 2, 2.0),
    ]
    assert desk.ask("select path, sample from load_audit.unknown_fields") == [("$.everything", "1")]


FAULTS = {  # what is sent -> (rows in, rows rejected, values rejected)
    '"tree": [{"leaves": [{"size": 1}, {"size": []}, 7]}, {"date": "2024-05-01", "leaves": [{"size": 1}]}]': (6, 4, 0),
    '"tree": [{"date": "2024-05-01", "place": {"tags": ["a", []], "city": {}}, "leaves": 7}]': (3, 1, 2),
    '"tree": [{"date": 7, "place": {"tags": ["a", []], "city": {}}, "leaves": [null]}]': (4, 4, 0),
    '"tree": {"a": [1]}, "marks": ["x", 1, [1]]': (3, 2, 1),
    '"about": {"links": [{"url": []}, 7], "live": 1, "live": 2}': (2, 2, 1),
    '"about": {"links": [{"url": []}, 7], "live": 2}': (2, 1, 2),
    '"byKind": {"a": {"byYear": {"1": 7, "2": {"sum": []}}, "total": "x"}}': (2, 1, 2),
    '"byKind": {"a": {"byYear": {"1": 7, "2": 8}}}': (2, 1, 1),
    '"byKind": {"a": {"byYear": {"1": 7}}}': (1, 0, 1),
    '"byKind": {"a": {"byYear": [7]}, "b": 7, "c": []}': (3, 1, 1),
    '"byKind": {"a": {"total": 1.5, "byYear": {"1": {"last": 5}, "2": {"sum": 3}}}}': (2, 0, 2),
}


@pytest.mark.parametrize(("sent", "counted"), FAULTS.items())
def test_a_fault_within_a_fault_is_counted_once(desk, sent, counted):
    sent = sent if "tree" in sent else f'{sent}, "tree": []'
    code, [file] = desk.load(desk.write("lines.ndjson", f'{{"id": "1", {sent}}}\n{json_lines([BARE])}'))
    counts = file["counts"]
    assert (code, counts["records_loaded"]) == (0, 2)
    assert (counts["rows_in"], counts["rows_rejected"], counts["values_rejected"]) == counted
    listed = "select count(*) from load_audit.rejected_records where level = 'value'"
    assert desk.ask(listed) == [(counts["values_rejected"],)]
    assert desk.balanced()


def test_children_point_at_their_parents(desk):
    desk.load(desk.write("lines.ndjson", FORMS["lines.ndjson"]))
    for table in flatten.raw_tables(RECORD):
        if not table.is_root:
            above = next(parent for parent in flatten.raw_tables(RECORD) if parent.name == table.parent)
            place = flatten.place_column(table.parent)
            links = "t._parent_row_id = p._row_id"
            if not above.is_root:
                links = f"t._parent_row_id = p._parent_row_id and t.{place} = p._index"
            orphans = f"from raw_everything.{table.name} as t anti join raw_everything.{table.parent} as p on {links}"
            assert desk.ask(f"select count(*) {orphans}") == [(0,)]


def test_a_record_keeps_its_id_for_ever(desk):
    # a new DuckDB that wrote sort keys differently would load every record of an old warehouse once more
    desk.load(desk.write("lines.ndjson", FORMS["lines.ndjson"]))
    ids = desk.ask("select id, _row_id::varchar from raw_everything.records order by id")
    assert ids == [("1", "0910cb30-d5a5-8e49-432f-9a7967c316b8"), ("2", "b4455343-a9f7-fe5a-ec96-c360e1652362")]


@pytest.mark.parametrize(
    ("key", "column"),
    [
        ("percentEvolution", "percent_evolution"),
        ("spotify-streams", "spotify_streams"),
        ("HTTPStatus", "httpstatus"),
        ("a2B", "a2_b"),
        (" Ünïcode key! ", "n_code_key"),
    ],
)
def test_a_key_becomes_a_column(key, column):
    assert snake_case(key) == column


# --- the same rows by two ways ------------------------------------------------------------------------------------


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
ABSENT = st.just(...)
KEYS = st.sampled_from(["a", "1w", "spotify-streams", "é", ""])
LEAF = {
    "text": TEXT,
    "day": st.builds(lambda d, rest: d.isoformat() + rest, st.dates(), st.sampled_from(["", "T00:00:00+00:00", " x"])),
    "count": st.integers(0, 2**63 - 1) | st.integers(0, 9),
    "integer": st.integers(-(2**63) + 1, 2**63 - 1) | st.integers(-9, 9),
    "number": st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**18), 10**18),
    "flag": st.booleans(),
    "json": st.sampled_from(["plain", [1, "a"], {"x": {"y": []}}]),
}


# what the certificate does not know: years below 1000, the 29th of February of a century, numbers of 19 digits
PLAIN = LEAF | {
    "day": st.dates(date(1901, 1, 1), date(2099, 12, 31)).filter(lambda d: d != date(2000, 2, 29)).map(str),
    "count": st.integers(0, 10**18 - 1),
    "integer": st.integers(-(10**18) + 1, 10**18 - 1),
    "number": st.floats(-1e17, 1e17, allow_subnormal=False).filter(lambda x: x == 0 or abs(x) > 1e-90),
}


def clean(node, leaf=LEAF):
    """Values of a node that the declaration allows."""
    match node:
        case Field():
            return leaf[node.kind]
        case Group():
            return objects(node.fields, leaf)
        case Rows():
            return st.lists(objects(node.fields, leaf), max_size=3)
        case Values():
            return st.lists(clean(node.value, leaf), max_size=3)
        case Entries():
            return st.dictionaries(KEYS, objects(node.fields, leaf), max_size=2)
        case Pairs():
            return st.dictionaries(KEYS, clean(node.value, leaf), max_size=3)
        case _:
            return leaf["json"]


def plain(node):
    return clean(node, PLAIN)


def objects(fields, leaf):
    """Objects with their keys in the declared order, optional ones absent or null at times."""
    members = [(n.key, clean(n, leaf) if n.required else ABSENT | st.none() | clean(n, leaf)) for n in fields]
    drawn = st.tuples(*(value for _, value in members))
    return drawn.map(lambda values: {k: v for (k, _), v in zip(members, values, strict=True) if v is not ...})


JUNK = ("1.9", "true", '"12"', '"1e9"', "null", "9223372036854775808", "NaN", "-1", "1e3", "1e999", '"2024-5-1"', "[]")
JUNK += (
    '"2024-02-30"',
    '"2024-05-01"',
    "{}",
    "[null]",
    "[[1]]",
    '{"a": {}}',
    '"\\ud800"',
    "-0",
    "01",
    '"x"',
    "20240501",
)
BREAKS = st.lists(st.tuples(st.sampled_from(["put", "twice", "more", "cut", "space", "comma"]), st.floats(0, 1),
                            st.sampled_from(JUNK)), max_size=3)  # fmt: skip


@st.composite
def texts(draw, root):
    """JSON text of a root: clean, in any style, then perhaps broken in up to three places."""
    value = draw(clean(root))
    if draw(st.booleans()) and isinstance(value, dict):
        value = dict(reversed(value.items()))
    style = draw(st.sampled_from([{}, {"separators": (",", ":")}, {"indent": 1}, {"ensure_ascii": False}]))
    text = json.dumps(value, **style)
    for how, where, junk in draw(BREAKS):
        text = broken(text, how, where, junk)
    return text


def broken(text, how, where, junk):
    """A text with one thing changed, at a relative place: most often still JSON, hardly ever still right."""
    scalars = [found.span() for found in SCALAR.finditer(text)]
    members = [found.span() for found in MEMBER.finditer(text)]
    match how:
        case "put" if scalars:
            start, end = scalars[int(where * (len(scalars) - 1))]
            return text[:start] + junk + text[end:]
        case "twice" if members:
            start, end = members[int(where * (len(members) - 1))]
            return text[:end] + "," + text[start:end] + text[end:]
        case "more" if "{" in text[1:]:
            places = [place for place, mark in enumerate(text) if mark == "{"]
            at = places[int(where * (len(places) - 1))] + 1
            return text[:at] + f'"extra": {junk}' + ("" if text[at:].lstrip().startswith("}") else ",") + text[at:]
        case "cut":
            return text[: int(where * len(text))]
        case "comma":
            at = max(text.rfind("]"), 0)
            return text[:at] + "," + text[at:]
    return f" {text}\n"


SCALAR = re.compile(r'(?<=[:\[,])\s*(?:"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|true|false|null)(?=\s*[,}\]])')
MEMBER = re.compile(r'"(?:[^"\\]|\\.)*"\s*:\s*(?:"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|true|false|null)')
ROOTS = [*columns.json_roots(RECORD), *columns.json_roots(REPORT), *columns.json_roots(TALLY)]


def both_ways(root, sent):
    """For each text: what the fast ways say (matches, trusted, unknown keys, whether its rows are those of the clean
    text, how many) and the reading of the slow path."""
    readings = [slow_path.Reading() for _ in sent]
    cleaned = [slow_path._read_root(root, text, reading) for text, reading in zip(sent, readings, strict=True)]
    check, doubtful, typed = validate.type_check(root, 0), columns.Columns.doubtful(0), columns.Columns.typed(0)
    said = [f"create_sort_key({value}, 'asc nulls first')" for value in (typed, columns.read_typed("clean", root))]
    sql = f"""
        with sent as (select unnest(?) as {doubtful}, unnest(?) as clean),
        sound as (select * from sent where coalesce(try(json_valid({doubtful})), false)),
        read as (select *, {columns.read_typed(doubtful, root)} as {typed} from sound),
        listed as (select {", ".join(["*", *check.keys])} from read)
        select {doubtful}, {validate.matches(root, doubtful, typed)}, coalesce({check.trusted}, false), {check.unknown},
            {" = ".join(said)} or clean like '%Infinity%', {flatten.rows_of(root, typed)}
        from listed
    """
    with duckdb.connect() as connection:
        fast = {row[0]: row[1:] for row in connection.execute(sql, [sent, cleaned]).fetchall()}
    return [(text, fast.get(text), reading) for text, reading in zip(sent, readings, strict=True)]


# what was drawn is shown by the assertion; shrinking lists of texts takes minutes
SETTINGS = settings(max_examples=5, deadline=None, derandomize=True, phases=[Phase.generate])


@pytest.mark.parametrize("root", ROOTS, ids=lambda root: root.key)
@SETTINGS
@given(data=st.data())
def test_what_is_believed_is_what_the_slow_path_says(root, data):
    for text, fast, reading in both_ways(root, data.draw(st.lists(texts(root), min_size=30, max_size=60))):
        matches, trusted, unknown, same, count = fast or (False, False, [], False, 0)
        if matches:
            assert not reading.unknown, text
        if matches or trusted:
            assert not reading.rejects, (text, reading.rejects)
            assert same, text
            assert count == reading.rows_in, text
            assert bool(unknown) == bool(reading.unknown), text


@pytest.mark.parametrize("root", ROOTS, ids=lambda root: root.key)
@SETTINGS
@given(data=st.data())
def test_what_is_clean_matches(root, data):
    # else every file would take the slow path
    for text, fast, reading in both_ways(root, data.draw(st.lists(plain(root).map(json.dumps), min_size=20))):
        assert not reading.rejects, text
        assert fast[0], text
