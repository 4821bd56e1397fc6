"""Feeds with other columns, mapped by a file beside them: what is read, and what is said of a mistake."""

import re
from datetime import date

import duckdb
import pytest
from conftest import ROOT
from reports import csv_text, json_lines, point, song

MAPPING = """document = "leads.lead"

[fields]
lead_id = "id"
created_at = "contact"
utm_medium = {column = "origin", values = {"organic_search" = "organic", "Select" = ""}}
status = {column = "won", values = {"1" = "validated"}, others = "rejected"}
consent = {always = "true"}
"""
FEED = "ID,contact ,Origin,won,note\na,2025-01-31,Organic_Search,1,x\nb,2025-01-30,select,0,y\nc,2025-01-29,other,,z\n"
READ = [
    ("a", "2025-01-31", "organic", "validated", True),
    ("b", "2025-01-30", None, "rejected", True),
    ("c", "2025-01-29", "other", None, True),
]
LEADS = "select lead_id, created_at, utm_medium, status, consent from raw_leads.leads order by 1"


def test_a_mapping_beside_the_data_says_which_columns_are_ours(desk):
    desk.write("crm.csv", FEED)
    desk.write("crm.mapping.toml", MAPPING)
    code, [file] = desk.load()
    assert (code, file["counts"]["records_loaded"]) == (0, 3)
    assert desk.ask(LEADS) == READ
    assert desk.ask("select path from load_audit.unknown_fields") == [("note",)]
    assert desk.balanced()


def test_a_mapping_saved_by_windows_is_read(desk):
    desk.write("crm.csv", FEED)
    desk.write("crm.mapping.toml", "\ufeff" + MAPPING.replace("\n", "\r\n"))
    assert desk.load()[0] == 0
    assert desk.ask(LEADS) == READ


def test_a_mapping_may_be_named(desk):
    path = desk.write("crm.csv", FEED)
    said = desk.folder.parent / "ours.toml"
    said.write_text(MAPPING)
    assert desk.load(path, options=("--mapping", said))[0] == 0
    assert desk.ask(LEADS) == READ


def test_records_of_json_are_mapped_as_columns_are(desk):
    records = [
        {"id": "a", "contact": "2025-01-31", "origin": "Organic_Search", "won": 1, "note": {"deep": [1]}},
        {"id": "b", "contact": "2025-01-30", "origin": "select", "won": 0},
        {"id": "c", "contact": "2025-01-29", "origin": "other", "won": None},
    ]
    desk.write("crm.jsonl", json_lines(records))
    desk.write("crm.mapping.toml", MAPPING)
    assert desk.load()[0] == 0
    assert desk.ask(LEADS) == READ


def test_another_mapping_reads_the_same_data_anew(desk):
    desk.write("crm.csv", FEED)
    desk.write("crm.mapping.toml", MAPPING)
    desk.load()
    desk.write("crm.mapping.toml", MAPPING.replace('"organic"', '"seo"'))
    _, [file] = desk.load()
    assert file["status"] == "loaded"
    assert desk.ask("select utm_medium from raw_leads.leads order by lead_id") == [("seo",), (None,), ("other",)]


def test_a_value_that_is_wrong_is_named_by_file_line_and_both_fields(desk):
    desk.write("crm.csv", FEED.replace("2025-01-30", "30.01.2025"))
    desk.write("crm.mapping.toml", MAPPING)
    _, [file] = desk.load()
    [reject] = file["rejects"]
    assert (reject["line"], reject["path"]) == (3, "created_at (contact)")
    assert reject["reason"].startswith("is not a moment: write ")


MISTAKES = {
    'utm_sorce = "x"': ", line 9: utm_sorce is not a field of leads.lead: did you mean utm_source?",
    'Product = "note"': ", line 9: Product is not a field of leads.lead: did you mean product?",
    'postcode = "zip"': ", line 9: postcode reads column 'zip', which is not there: choose one of id,",
    'product = "nota"': ", line 9: product reads column 'nota', which is not there: did you mean note?",
    'product = {colum = "won"}': ", line 9: product has 'colum', which means nothing there: did you mean column?",
    "product = 7": ", line 9: product is written as ",
    'product = ["note"]': ", line 9: product is written as ",
    "product = {}": ", line 9: product is written as ",
    "product = 2025-01-01": ", line 9: product is written as ",
    "product = {always = true}": ', line 9: product has a value that is not text, true: put it in quotes, "true"',
    'product = {column = "won", others = 0}': ", line 9: product has a value that is not text, 0: put it in",
    'product = {column = "won", values = ["1"]}': ", line 9: product has values that are not pairs: write values = {",
    'product = {column = "won", value = "x"}': ", line 9: product has 'value', which means nothing there: did you",
    'product = {always = "x", others = "y"}': ", line 9: product has 'others', which means nothing there",
    'product = {always = "x", column = "won"}': ", line 9: product has both always and column",
    'product = {others = "x"}': ", line 9: product has neither always nor column",
    'product = {column = ""}': ", line 9: product names no column",
    'product = " "': ", line 9: product names no column",
    'product = {column = "won", values = {"A" = "x", "a" = "y"}}': ", line 9: product says twice what 'a' is",
    'phone_valid = {always = "yep"}': ", line 9: phone_valid has the value 'yep', which cannot be loaded: is neither",
    'updated_at = {always = "soon"}': ", line 9: updated_at has the value 'soon', which cannot be loaded: is not a",
    "product = ": ", line 9: is not TOML: Invalid value",
    "product = note": ', line 9: is not TOML: Invalid value: write field = "column"',
    "product: note": ", line 9: is not TOML: Expected '=' after a key",
    'lead_id = "id"': ", line 9: lead_id is written twice: remove one",
    '[fields.product]\ncolum = "note"': ", line 9: product has 'colum'",
    '[more]\nx = "y"': ", line 9: more is not known here: choose one of document, fields",
}


@pytest.mark.parametrize(("line", "said"), MISTAKES.items())
def test_a_mistake_in_a_mapping_is_named_with_its_line(desk, line, said):
    path = desk.write("crm.csv", FEED)
    desk.write("crm.mapping.toml", MAPPING + line + "\n")
    desk.write("fine.jsonl", json_lines([{"lead_id": "z", "created_at": "2025-01-01", "status": "new"}]))
    code, _, err = desk.run("load", desk.folder)
    assert code == 2
    assert err.lower().startswith(f"error: {path} is not loaded: crm.mapping.toml{said}".lower())
    assert desk.ask("select lead_id from raw_leads.leads") == [("z",)]  # the others are loaded


NO_DOCUMENT = 'has no document: write document = "leads.lead"'
WHOLE = {
    MAPPING.replace(
        "leads.lead", "leads.laed"
    ): "line 1: document 'leads.laed' is not a document of columns: did you mean",
    MAPPING.replace("leads.lead", "soundcharts.artist"): "line 1: document 'soundcharts.artist' is not a document of",
    MAPPING.replace('"leads.lead"', '["leads.lead"]'): "line 1: document ['leads.lead'] is not a document of columns",
    MAPPING.replace('"leads.lead"', "3"): "line 1: document 3 is not a document of columns: choose one of charts.chart",
    MAPPING.replace('document = "leads.lead"', ""): NO_DOCUMENT,
    MAPPING.replace("document =", "documnt ="): "line 1: documnt is not known here: did you mean document?",
    MAPPING.replace('lead_id = "id"', ""): 'field lead_id is missing: write lead_id = "column" under [fields]',
    MAPPING.replace("[fields]", "[columns]"): "line 3: columns is not known here: choose one of document, fields",
    MAPPING.replace("[fields]", "[field]"): "line 3: field is not known here: did you mean fields?",
    MAPPING.replace("[fields]", "[[fields]]"): "has no [fields]: write [fields]",
    'document = "leads.lead"\n': "has no [fields]",
    'document = "leads.lead"\n' + MAPPING: "line 2: document is written twice: remove one",
    "": NO_DOCUMENT,
    "document: leads.lead\nfields:\n  lead_id: id\n": "line 1: is not TOML: Expected '='",
    '{"document": "leads.lead"}': "line 1: is not TOML: Invalid statement",
    MAPPING.replace("contact", "é").encode("latin-1"): "line 5: is not UTF-8: save the file as UTF-8",
    MAPPING.encode("utf-16"): "line 1: is not UTF-8: save the file as UTF-8",
    f"# {'x' * (1 << 20)}\n{MAPPING}": "has more than 1 MiB",
}


@pytest.mark.parametrize(("mapping", "said"), WHOLE.items(), ids=WHOLE.values())
def test_a_mapping_that_says_too_little_is_told_what_lacks(desk, mapping, said):
    path = desk.write("crm.csv", FEED)
    named = desk.folder.parent / "ours.toml"
    named.write_bytes(mapping if isinstance(mapping, bytes) else mapping.encode())
    code, out, err = desk.run("load", path, "--mapping", named)
    assert (code, out) == (2, "")
    assert err.startswith("error: ours.toml")
    assert said in err
    assert not desk.warehouse.exists()


NAMES = {"song_id": "Track ID", "title": "Titre", "artist": "Interprète", "timeSeries": "Historique"}
REPORT = 'document = "soundcharts.report"\n\n[fields]\n' + "".join(f'{ours} = "{own}"\n' for ours, own in NAMES.items())
POINTS = """
    select s.song_id, p._index, p.date, p.spotify_streams
    from raw_soundcharts.report_songs__time_series as p
    inner join raw_soundcharts.report_songs as s on s._row_id = p._parent_row_id order by all
"""


def renamed(*songs, end="\n"):
    """A report without summaries, whose columns have names of their own."""
    plain = csv_text(songs, tuple(NAMES), numbered=False, delimiter=";", end=end)
    return plain.replace(";".join(NAMES), ";".join(NAMES.values()), 1)


def test_a_song_report_whose_columns_have_other_names_is_mapped(desk):
    """docs/runbook.md, files with other columns."""
    desk.write("ours.csv", renamed(song(1), song(2, timeSeries=[point(1), point(2, "many")])))
    desk.write("ours.mapping.toml", REPORT)
    code, [file] = desk.load()
    assert (code, file["counts"]["rows_loaded"]) == (0, 4)
    assert [row[3] for row in desk.ask(POINTS)] == [1501, 1601, 1500, None]
    [reject] = file["rejects"]
    assert (reject["line"], reject["path"]) == (3, "timeSeries[2].spotify-streams (Historique)")
    assert desk.balanced()


def test_a_broken_line_of_a_mapped_report_hides_no_other(desk):
    whole = renamed(song(1), song(2), song(3)).splitlines(keepends=True)
    desk.write("ours.csv", "".join([*whole[:2], whole[2][:150] + "\n", whole[3]]))
    desk.write("ours.mapping.toml", REPORT)
    _, [file] = desk.load()
    assert [file["counts"][f"records_{how}"] for how in ("loaded", "rejected")] == [2, 1]
    assert desk.balanced()


REFUSED = {
    'timeSeries = {column = "Historique", others = "[]"}': 'timeSeries holds JSON text: write timeSeries = "column"',
    'date = "Titre"': "date is within the JSON text of timeSeries, not a column of soundcharts.report: a table with a",
    'streams = "Titre"': "streams is not a field of soundcharts.report: choose one of song_id,",
    "": 'field timeSeries is missing: write timeSeries = "column" under [fields]',
}


@pytest.mark.parametrize(("line", "said"), REFUSED.items())
def test_what_a_mapping_cannot_make_a_report_of_is_told(desk, line, said):
    path = desk.write("ours.csv", renamed(song(1)))
    desk.write("ours.mapping.toml", REPORT.replace('timeSeries = "Historique"\n', "") + line + "\n")
    code, _, err = desk.run("load", path)
    assert code == 2
    assert said in err


def test_json_is_not_mapped_to_a_report(desk):
    path = desk.write("ours.jsonl", json_lines([song(1)]))
    desk.write("ours.mapping.toml", REPORT)
    assert "is JSON, and ours.mapping.toml is for a CSV" in desk.run("load", path)[2]


def test_a_table_with_a_line_per_day_is_made_into_a_report_by_the_statement_of_the_runbook(desk, monkeypatch):
    days = [f"2025-03-0{day},Blue Rain,Anna B,{1000 * day}\n" for day in (2, 1)]
    desk.write("flat.csv", "".join(["day,song,artist,streams\n", *days]))
    monkeypatch.chdir(desk.folder)
    (desk.folder / "landing").mkdir()
    [statement] = re.findall(r"```sql\n(copy .*?)```", (ROOT / "docs/runbook.md").read_text(), re.DOTALL)
    duckdb.execute(statement)
    assert desk.load(desk.folder / "landing")[0] == 0
    found = [("Anna B: Blue Rain", day, date(2025, 3, day), 1000 * day) for day in (1, 2)]
    assert desk.ask(POINTS) == found
