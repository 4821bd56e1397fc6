"""`crescendo status` says what is there, and finds every record and row that the ledger does not account for."""

import csv
import json
import re
from datetime import UTC, date, datetime

import duckdb
import pytest
from conftest import ROOT, crescendo, project_in
from crescendo.ask import texts
from crescendo.cli import screen
from crescendo.cli import status as verb
from crescendo.ingest.status import Status
from reports import STREAMS, Desk, csv_text, point, song

BY_MAPPING = "write NAME.mapping.toml beside it, which says what its columns are (docs/runbook.md), or move it away"


def sales(desk):
    """Three songs: one loaded, one with a point and a value that are rejected and a key that nobody knows, one none."""
    odd = song(2, timeSeries=[point(1, date="soon"), point(2, 1.5), point(3, tiktok=3)])
    desk.write("a.csv", csv_text([song(1), odd, song(3, song_id="")]))
    desk.write("b.csv", "no report")
    desk.load()
    return desk


def test_it_shows_files_rows_rejects_and_drift(desk):
    sales(desk)
    code, out, err = desk.run("status", "--format", "json")
    found = json.loads(out)
    assert (code, err, found["problems"]) == (0, "", [])
    assert found["warehouse"] == str(desk.warehouse)
    assert found["size_bytes"] == desk.warehouse.stat().st_size
    assert [(f["path"][-5:], f["status"], f["reason"]) for f in found["files"]] == [
        ("b.csv", "refused", f"is not a known document: its first line begins 'no report': {BY_MAPPING}"),
        ("a.csv", "loaded", None),
    ]
    tables = {table["table"].split(".")[1]: table for table in found["tables"]}
    assert (tables["report_songs"]["rows"], tables["report_songs__time_series"]["rows"]) == (2, 4)
    assert tables["report_songs__time_series"]["newest_day"] == "2024-05-03"
    rejected = [(r["line"], r["path"], r["reason"], r["sample"]) for r in found["rejected"]]
    assert rejected == [
        (3, "timeSeries[1].date", "is not a date that begins with YYYY-MM-DD", "soon"),
        (3, f"timeSeries[2].{STREAMS}", "is not a whole number", "1.5"),
        (4, "song_id", "is missing", ""),
    ]
    counts = [found["files"][1][count] for count in ("rows_in", "rows_loaded", "rows_rejected", "values_rejected")]
    assert counts == [10, 6, 4, 1]
    assert [(u["path"], u["record_count"], u["sample"]) for u in found["unknown_fields"]] == [
        ("timeSeries[*].tiktok", 1, "3")
    ]


def test_it_shows_when_it_was_built_of_which_loads_and_how_large_tables_are(built):
    environment = project_in(built)
    found = json.loads(crescendo(built, environment, "status", "--format", "json").stdout)
    [build] = found["builds"]
    assert (build["newest_load_id"], build["new_load_count"]) == (1, 1)
    assert 1 < build["seconds"] < 10_000
    assert build["finished_at"] > found["loads"][0]["finished_at"]
    sizes = [table["rows"] for table in found["largest"]]
    assert len(sizes) == 20 and sizes == sorted(sizes, reverse=True)
    assert all(0 < table["bytes"] < found["size_bytes"] for table in found["largest"])
    said = crescendo(built, environment, "status").stdout
    assert f"UTC from loads 1 to 1, in {build['seconds']:,.1f} s" in said
    assert len(said.splitlines()) <= 24
    assert "Largest tables (20)" in crescendo(built, environment, "status", "--all").stdout


def test_it_shows_the_same_to_people(desk):
    code, out, _ = sales(desk).run("status")
    assert code == 0
    out = "".join(out.split())
    for word in ("a.csv", "refused", "2024-05-03", "isnotawholenumber", "timeSeries[*].tiktok"):
        assert word in out
    assert "Everyrecordisaccountedfor" in out


def test_the_one_file_that_matters_is_seen_among_many(desk):
    for number in range(40):
        desk.write(f"{number:02}.csv", csv_text([song(number)]))
    desk.write("77_partly.csv", csv_text([song(77), song(78, song_id="")]))
    desk.write("88_refused.csv", "no report")
    desk.load()
    desk.load(desk.write("99_new.csv", csv_text([song(99)])))
    found = json.loads(desk.run("status", "--format", "json")[1])["files"]
    assert [file["path"].split("/")[-1] for file in found[:3]] == ["88_refused.csv", "77_partly.csv", "99_new.csv"]
    _, out, _ = desk.run("status")
    assert "43 files: 1 refused, 1 with rejected records, rows or values" in out
    assert f"88_refused.csv is not a known document: its first line begins 'no report': {BY_MAPPING}\n" in out


def test_a_refusal_that_was_made_good_is_history(desk):
    desk.load(desk.write("a.csv", "no report"))
    desk.load(desk.write("a.csv", csv_text([song(1)])))
    found = json.loads(desk.run("status", "--format", "json")[1])["files"]
    assert [file["status"] for file in found] == ["loaded"]


def test_a_file_of_many_rejects_does_not_hide_those_of_another(desk):
    desk.write("a.csv", csv_text([song(number, song_id="") for number in range(1100)]))
    desk.write("b.csv", csv_text([song(1, timeSeries=[point(1, 1.5)])]))
    desk.load()
    found = json.loads(desk.run("status", "--format", "json")[1])
    assert [(r["file"][-5:], r["reason"]) for r in found["rejected"][:2]] == [
        ("a.csv", "is missing"), ("b.csv", "is not a whole number"),
    ]  # fmt: skip
    # all are counted, however few are shown
    assert (found["rejected_count"], len(found["rejected"])) == (1101, 1000)
    assert "Rejected (1,101, the first 2)" in desk.run("status")[1]
    everything = desk.run("status", "--all")[1]
    assert "Rejected (1,101)" in everything
    assert "... and 1,081 more: crescendo status --format json" in everything


def test_a_sample_is_not_taken_for_markup(desk):
    desk.load(desk.write("a.csv", csv_text([song(1, song_id="", title="x"), song(2, timeSeries='["[bold]x[/nope]"]')])))
    code, out, _ = desk.run("status")
    assert (code, "[bold]x[/nope]" in out) == (0, True)


def test_there_may_be_nothing(desk):
    code, _, err = desk.run("status")
    assert (code, f"there is no warehouse at {desk.warehouse}" in err) == (2, True)
    duckdb.connect(str(desk.warehouse)).close()
    assert desk.run("status")[0] == 0


SCHEMA = "raw_soundcharts.report_songs"
TAMPERINGS = {
    f"delete from {SCHEMA} where song_id = '{song(1)['song_id']}'": "holds 1 record and the ledger 2",
    f"insert into {SCHEMA} select * replace (uuid() as _row_id) from {SCHEMA} limit 1": "holds 3 records",
    f"delete from {SCHEMA}__time_series where spotify_streams = 1501": "holds 5 rows in its child tables",
    f"insert into {SCHEMA}__summaries select * from {SCHEMA}__summaries limit 1": "holds 7 rows in its child tables",
    "delete from load_audit.file_records": "holds 2 records and the ledger 0",
    "update load_audit.files set records_rejected = 0 where status = 'loaded'": "are not loaded + duplicate + rejected",
    "update load_audit.files set rows_loaded = rows_loaded + 1 where status = 'loaded'": "are not loaded + duplicate",
}


@pytest.mark.parametrize("tampering", TAMPERINGS)
def test_a_warehouse_that_was_tampered_with_is_found_out(desk, tampering):
    sales(desk)
    with duckdb.connect(str(desk.warehouse)) as connection:
        connection.execute(tampering)
    for form in ("table", "json"):
        code, out, err = desk.run("status", "--format", form)
        assert (code, TAMPERINGS[tampering] in err) == (1, True)
    assert json.loads(out)["problems"]


def test_what_two_warehouses_say_is_compared_by_digest(tmp_path, monkeypatch):
    said = []
    for number, records in enumerate(([song(1), song(2)], [song(2), song(1)], [song(1), song(2, title="Other")])):
        folder = tmp_path / str(number)
        folder.mkdir()
        monkeypatch.setenv("CRESCENDO_DB", str(folder / "x.duckdb"))
        desk = Desk(folder)
        desk.load(desk.write(f"{number}.csv", csv_text(records)))
        said.append(desk.digests())
    assert said[0] == said[1] != said[2]


def test_a_thousand_files_are_one_screen_and_the_one_that_matters_is_in_it(desk, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    for number in range(60):
        desk.write(f"{number:02}.csv", csv_text([song(number, odd=1), song(number, song_id="")]))
        desk.write(f"x{number:02}.csv", "no report")
    desk.load()
    _, out, _ = desk.run("status")
    lines = out.splitlines()
    assert len(lines) <= 24
    assert [line for line in lines if line.startswith("refused: ") and "is not a known document" in line]
    assert "120 files: 60 refused, 60 with rejected records, rows or values" in lines
    assert "... and 58 more refused" in lines
    assert "Rejected (60, the first 2)" in lines
    assert "song_id is missing" in out


# ---- in French


def an_entry(path, status="loaded", reason=None, rejected=0):
    counts = dict.fromkeys(("records_in", "records_loaded", "records_duplicate", "rows_loaded", "values_rejected"), 1)
    counts |= {"records_rejected": rejected, "rows_rejected": 0}
    return {"path": path, "status": status, "reason": reason} | counts


def a_state(language):
    """A warehouse with something of each kind to tell; three of what a screen shows two of."""
    with (ROOT / "seeds" / "finding_kinds.csv").open(encoding="utf-8", newline="") as lines:
        kinds = list(csv.DictReader(lines))
    meaning = "meaning" if language == "en" else f"meaning_{language}"
    example = {"record_id": "42", "place": "x[1]", "example": "zzz", "file_path": "a.csv"}
    findings = [
        {
            "finding_kind": kind["finding_kind"], "finding_count": 1234, "is_set_aside": number % 2 == 0,
            "meaning": kind[meaning], "example": example,
        }
        for number, kind in enumerate(kinds)
    ]  # fmt: skip
    refused = [an_entry(f"{number}.csv", "refused", "is empty") for number in range(3)]
    noted = [an_entry(f"n{number}.csv", reason="is longer than 64 MiB", rejected=1) for number in range(3)]
    reject = {"file": "a.csv", "line": 3, "path": "x[1].y", "reason": "is not a whole number", "sample": "1.5"}
    field = {"file": "a.csv", "path": "x[*].z", "record_count": 1234, "sample": "9"}
    table = {"table": "raw_abc.def", "rows": 12345, "newest_day": date(2025, 5, 14), "digest": "f00"}
    loads = [{"_load_id": 2, "started_at": datetime(2025, 5, 14, 12, tzinfo=UTC)}]
    return Status(
        "w.duckdb", 12_345_678, loads, refused + noted, [table], [reject] * 3, [field] * 3, findings, rejected_count=3,
    )  # fmt: skip


# what the two languages share: commands, codes, and words that are spelled alike
SHARED = {
    "crescendo", "status", "all", "source", "csv", "duckdb", "abc", "def", "raw", "utc", "format", "json", "loaded",
    "table", "tables", "zzz",
}  # fmt: skip


def words_of(shown):
    return set(re.findall(r"[^\W\d_]{3,}", re.sub(r"[a-z]+_[a-z_0-9]+|`.*?`|seeds/\S+", "", shown.casefold())))


@pytest.mark.parametrize("everything", [False, True], ids=["one screen", "all"])
def test_no_english_word_is_left_in_french(everything, monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "400")
    shown = {}
    for language in ("en", "fr"):
        monkeypatch.setattr(texts, "_chosen", [language])
        if everything:
            verb._print(a_state(language))
        else:
            print("\n".join(screen.screen(a_state(language))))  # noqa: T201
        shown[language] = capsys.readouterr().out
    assert {"refused", "aside", "kept", "meaning", "accounted"} <= words_of(shown["en"])
    # in a meaning the two may share a word, such as page; in the frame they share none
    meanings = set().union(*(words_of(finding["meaning"]) for finding in a_state("fr").findings))
    assert words_of(shown["en"]) & words_of(shown["fr"]) <= SHARED | meanings
    assert "12,3 Mo" in shown["fr"] and "12\u202f345" in shown["fr"] and "1,234" not in shown["fr"]


def test_the_verb_answers_in_french(desk):
    code, out, err = sales(desk).run("status", "--lang", "fr")
    assert (code, err) == (0, "")
    assert "2 fichiers : 1 refusé," in out
    unknown = "b.csv n'est pas un document connu : sa première ligne commence par 'no report' : écrivez à côté NOM."
    assert unknown in out
    assert f"a.csv, ligne 3, timeSeries[2].{STREAMS} n'est pas un nombre entier : 1.5" in out
    assert "Aucun enregistrement ne manque" in out


def test_every_kind_of_finding_has_a_meaning_in_french():
    with (ROOT / "seeds" / "finding_kinds.csv").open(encoding="utf-8", newline="") as lines:
        kinds = list(csv.DictReader(lines))
    assert len(kinds) > 40
    assert not [kind["finding_kind"] for kind in kinds if kind["meaning_fr"] in ("", kind["meaning"])]


def test_meanings_are_told_in_the_language_that_the_warehouse_has(desk):
    sales(desk)
    with duckdb.connect(str(desk.warehouse)) as connection:
        connection.execute("create schema quality; create schema seeds")
        connection.execute(
            "create table quality.fct_findings as select 'song_unnamed' as finding_kind, 1 as finding_count, '1' as"
            " record_id, '' as place, '' as example, 'a.csv' as file_path"
        )
        connection.execute(
            "create table seeds.finding_kinds as select 'song_unnamed' as finding_kind, false as is_set_aside, 'in"
            " English' as meaning"
        )
    assert "in English" in desk.run("status", "--lang", "fr")[1]  # built before there was another language
    with duckdb.connect(str(desk.warehouse)) as connection:
        connection.execute("alter table seeds.finding_kinds add column meaning_fr varchar default 'en français'")
    assert "en français" in desk.run("status", "--lang", "fr")[1]
    assert "in English" in desk.run("status", "--lang", "en")[1]
