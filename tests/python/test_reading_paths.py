"""The same records give the same rows and the same rejects, whatever way they are read.

A way is a form of file (lines, an array, one object; plain or gzipped; with a mark at its beginning) that the loader
reads by other code: by DuckDB at once, line by line, record by record. What is expected is what README.md says of a
value, not what a way does.
"""

import gzip
import json

import pytest

LEAD = '{"lead_id": "L%d", "created_at": "2025-03-01", "status": "new"%s}'
CALL = '{"call_id": "C%d", "lead_id": "L", "called_at": "2025-03-01", "outcome": "busy"%s}'
FILM = '{"adult": false, "id": %d, "original_title": "T", "popularity": 1.5, "video": false%s}'
# the table, what is asked of its rows, and a record
DOCUMENTS = {
    "lead": ("raw_leads.leads", "lead_id", LEAD),
    "call": ("raw_leads.call_attempts", "call_id", CALL),
    "film": ("raw_tmdb.movie_ids", "id", FILM),
}


def joined(records):
    return "\n".join(records).encode() + b"\n"


def listed(records, between=", ", around="{}"):
    return around.format("[" + between.join(records) + "]").encode()


WAYS = {
    "lines": ("a.json", joined),
    "lines with a mark": ("a.json", lambda records: b"\xef\xbb\xbf" + joined(records)),
    "lines, gzipped": ("a.json.gz", lambda records: gzip.compress(joined(records))),
    "lines, one by one": ("a.json", lambda records: joined(records).replace(b"\n", b"\r\n", 1)),
    "lines, some of them blank": ("a.json", lambda records: b"\n \xc2\xa0\n" + joined(records)),
    "an array": ("a.json", listed),
    "an array over lines": ("a.json", lambda records: listed(records, ",\n  ", "\n{}\n")),
    "an array, gzipped": ("a.json.gz", lambda records: gzip.compress(listed(records))),
    "an array, one by one": ("a.json", lambda records: listed([*records, '{"x": 01}'])),
}
FLAG = "is neither yes nor no: write true or false"
COMMA = "broken JSON: a comma before the bracket at character "
HALF = "holds half a surrogate pair"
WHOLE = "is not a whole number"
# document, what a record says besides, the column that is asked, what it holds or (level, path, reason)
CASES = {
    "nothing special": ("lead", ', "product": "x"', "product", "x"),
    "an exponent under a text": ("lead", ', "product": 1e3', "product", "1e3"),
    "a fraction under a text": ("lead", ', "product": 10.10', "product", "10.10"),
    "a long number under a text": ("lead", ', "product": 123456789012345678901', "product", "123456789012345678901"),
    "a flag under a text": (
        "lead",
        ', "product": true',
        "product",
        ("value", "product", "should be a text, is a flag"),
    ),
    "a yes as 1": ("lead", ', "consent": 1', "consent", True),
    "a no as 0": ("lead", ', "consent": 0', "consent", False),
    "a yes as text": ("lead", ', "consent": "true"', "consent", True),
    "no yes": ("lead", ', "consent": 2', "consent", ("value", "consent", FLAG)),
    "a whole number with a point": ("call", ', "attempt_no": 10.0', "attempt_no", 10),
    "a whole number with a point as text": ("call", ', "attempt_no": "10.0"', "attempt_no", 10),
    "a fraction": ("call", ', "attempt_no": 1.9', "attempt_no", ("value", "attempt_no", WHOLE)),
    "half a pair": ("lead", r', "product": "\ud800"', "product", ("value", "product", HALF)),
    "a comma before the end": ("lead", ', "product": "x",', "product", ("record", "", COMMA)),
    "a comma within an unknown field": ("lead", ', "odd": [1,]', "product", ("record", "", COMMA)),
    "text that looks like one": ("lead", ', "product": "a,}"', "product", "a,}"),
    "a page's yes as 1": ("film", ', "adult": 1', "adult", True),
    "a page's no as 0": ("film", ', "adult": 0', "adult", False),
    "a page's yes as text": ("film", ', "adult": "true"', "adult", True),
    "a page's exponent under a text": ("film", ', "original_title": 1e3', "original_title", "1e3"),
    "a page's fraction under a text": ("film", ', "original_title": 10.10', "original_title", "10.10"),
    "a page's number without a point": ("film", ', "popularity": 2', "popularity", 2.0),
    "a page's comma before the end": ("film", ",", "adult", ("record", "$", COMMA)),
}


def record(document, number, more):
    """A record; what it says besides takes the place of what it would say."""
    written = DOCUMENTS[document][2] % (number, more)
    key = more.split('"')[1] if '"' in more else ""
    first, _, rest = written.partition(f'"{key}": ')
    if key and f'"{key}": ' in rest:
        written = first + rest.partition(", ")[2]
    return written


@pytest.mark.parametrize("way", WAYS)
def test_records_are_read_the_same_way_in_every_file(desk, way):
    name, written = WAYS[way]
    for number, (document, more, *_) in enumerate(CASES.values(), start=10):
        sent = [record(document, 10 * number + place, more if place == 2 else "") for place in (1, 2, 3)]
        desk.write(f"{number}{name[1:]}", written(sent))
    code, files = desk.load()
    assert code == 0, [file["reason"] for file in files if file["status"] != "loaded"]
    for number, (case, (document, _, column, expected)) in enumerate(CASES.items(), start=10):
        table, key, _ = DOCUMENTS[document]
        [file] = [file for file in files if f"/{number}." in file["path"]]
        found = desk.ask(f"select {key}::varchar, _index, {column} from {table} where _file_id = ?", file["file_id"])
        is_good = not isinstance(expected, tuple)
        places = [1, 2, 3] if is_good or expected[0] != "record" else [1, 3]
        read = {place: value for name, place, value in found if name.removeprefix("L").removeprefix("C")}
        assert sorted(read) == places, case
        assert 2 not in places or read[2] == (expected if is_good else None), case
        rejects = [reject for reject in file["rejects"] if reject["record_index"] < 4]
        line = 2 + 2 * ("blank" in way) if way.startswith("lines") else None
        what = [(one["level"], one["path"], one["record_index"], one["line"]) for one in rejects]
        assert what == ([] if is_good else [(*expected[:2], 2, line)]), case
        assert is_good or rejects[0]["reason"].startswith(expected[2]), case
    assert desk.balanced()


ARRAYS = {  # an array -> the places of the records that are loaded, and what is said of those that are not
    "[{0}, {1},]": ([1, 2], {3: "is nothing: there is a comma too many"}),
    "[{0}, {1}, \n ]\n": ([1, 2], {3: "is nothing: there is a comma too many"}),
    "[{0},, {1}]": ([1, 3], {2: "is nothing: there is a comma too many"}),
    "[{0} {1}, {1}]": ([2], {1: "broken JSON: Extra data"}),
    '[{0}, {{"lead_id": "\xff"}}, {1}]': ([1, 3], {2: "is not UTF-8"}),
    '[{0}, {{"lead_id": }}, {1}]': ([1, 3], {2: "broken JSON: Expecting value"}),
    '[{0}, {{"lead_id": "}}, {1}]': ("is not a whole JSON array", {}),
    "[{0}, {1}": ("is not a whole JSON array: unexpected end of data, after record 1", {}),
    "[{0}, {1}]]": ("is not a whole JSON array: there is text around its brackets", {}),
    '[{0}, {{"a": [1}}, {1}]': ("is not a whole JSON array: a bracket is closed by another kind, after record 1", {}),
}


@pytest.mark.parametrize("text", ARRAYS)
def test_only_what_is_broken_in_an_array_is_rejected(desk, text):
    places, said = ARRAYS[text]
    sent = text.format(LEAD % (1, ""), LEAD % (2, "")).encode("latin-1")
    desk.write("a.json", sent)
    code, [file] = desk.load()
    if isinstance(places, str):
        assert (code, file["status"]) == (2, "refused")
        assert file["reason"].startswith(places)
        return
    assert (code, file["status"]) == (0, "loaded"), file
    assert [place for (place,) in desk.ask("select _index from raw_leads.leads order by 1")] == places
    told = {reject["record_index"]: reject["reason"] for reject in file["rejects"]}
    assert told.keys() == said.keys()
    assert all(told[place].startswith(reason) for place, reason in said.items())
    assert file["counts"]["records_in"] == len(places) + len(said)
    out = desk.run("status")[1] + desk.run()[1]
    assert desk.balanced() and "None" not in out
    if said:
        assert f"record {min(said)}" in out, out


def test_a_large_array_of_many_blocks_is_told_apart(desk):
    """Strings that are cut between two blocks, with escapes and brackets in them; one record is broken."""
    page = json.dumps("]" * 900 + chr(34) + chr(92) + "é" * 200)
    records = [LEAD % (number, f', "landing_page": {page}') for number in range(2500)]
    records[1200] = records[1200].replace('"new"', '"\\ud800"')
    _, [file] = desk.load(desk.write("a.json", "[" + ",\n".join(records) + "]"))
    assert file["counts"]["records_loaded"] == 2500
    assert [(one["record_index"], one["path"]) for one in file["rejects"]] == [(1201, "status")]
