"""Windows in words, tables that fit, files that others can open, and texts in both languages."""

import ast
import csv
import importlib
import io
import itertools
import json
import re
import shutil
import subprocess
import time
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace

import duckdb
import openpyxl
import pytest
from conftest import ROOT, crescendo, project_in
from crescendo.analysis.popularity import headings, verdicts
from crescendo.app import words
from crescendo.ask import hints, names, outputs, shown, tables, texts, windows
from crescendo.ask.answers import check_known_at
from crescendo.ask.outputs import Rows
from crescendo.ask.question import Question
from crescendo.ask.tables import Column
from crescendo.ask.windows import Window
from crescendo.cli import status
from crescendo.errors import CrescendoError
from crescendo.ingest.status import TAMPERED
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

END = date(2025, 5, 14)  # a Wednesday
NAMES = [
    "Léo, the Lamplighter",
    "音楽の夜に帰る",
    "موسيقى الليل الطويل",
    "שירים של לילה",
    "A\u0301e\u0301 Nu\u0302it",
    "👩‍👩‍👧 Family",
    "नमस्ते दुनिया",
    "Ａ full-width name",  # noqa: RUF001
    "x" * 90,
    "",
]


@pytest.fixture(autouse=True)
def english():
    texts.choose("en")
    yield
    texts.choose("")


@pytest.mark.parametrize(
    ("said", "start", "end"),
    [
        ("28d", "2025-04-16", "2025-05-14"),
        ("4w", "2025-04-16", "2025-05-14"),
        ("1m", "2025-04-14", "2025-05-14"),
        ("3m", "2025-02-14", "2025-05-14"),
        ("1y", "2024-05-14", "2025-05-14"),
    ],
)
def test_last_is_a_length_up_to_the_last_complete_day(said, start, end):
    assert windows.last(said)(END) == Window(date.fromisoformat(start), date.fromisoformat(end))


def test_months_back_from_a_longer_month_end_on_its_last_day():
    assert windows.last("3m")(date(2025, 5, 31)) == Window(date(2025, 2, 28), date(2025, 5, 31))
    assert windows.last("1y")(date(2024, 2, 29)) == Window(date(2023, 2, 28), date(2024, 2, 29))


@pytest.mark.parametrize(
    ("said", "start", "end"),
    [
        ("mtd", "2025-04-30", "2025-05-14"),
        ("ytd", "2024-12-31", "2025-05-14"),
        ("last-week", "2025-05-04", "2025-05-11"),
        ("last-month", "2025-03-31", "2025-04-30"),
        ("last-quarter", "2024-12-31", "2025-03-31"),
        ("last-year", "2023-12-31", "2024-12-31"),
        ("2025", "2024-12-31", "2025-12-31"),
        ("2024-02", "2024-01-31", "2024-02-29"),
        ("2025-12", "2025-11-30", "2025-12-31"),
        ("2025-Q1", "2024-12-31", "2025-03-31"),
        ("2025-q4", "2025-09-30", "2025-12-31"),
        ("2025-W01", "2024-12-29", "2025-01-05"),
        ("2025-W17", "2025-04-20", "2025-04-27"),
    ],
)
def test_a_window_has_a_name(said, start, end):
    assert windows.named(said)(END) == Window(date.fromisoformat(start), date.fromisoformat(end))


@pytest.mark.parametrize("said", ["", "28", "0d", "d", "-3d", "1.5w", "3 d", "99999y", "४d"])
def test_a_length_that_is_none_is_refused_with_what_to_type(said):
    with pytest.raises(CrescendoError, match="--last"):
        windows.last(said)(END)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("april", "--window 2025-04"),
        ("Avril", "--window 2025-04"),
        ("apr 2024", "--window 2024-04"),
        ("december", "--window 2024-12"),
        ("2025-4", "--window 2025-04"),
        ("04/2025", "--window 2025-04"),
        ("202504", "--window 2025-04"),
        ("this-month", "--window mtd"),
        ("this year", "--window ytd"),
        ("last month", "--window last-month"),
        ("previous-quarter", "--window last-quarter"),
        ("this-week", "--from 2025-05-11 --to 2025-05-14"),
        ("qtd", "--from 2025-03-31 --to 2025-05-14"),
        ("q2", "--window 2025-Q2"),
        ("2024Q4", "--window 2024-Q4"),
        ("week 17", "--window 2025-W17"),
        ("28d", "--last 28d"),
        ("last 7 days", "--last 7d"),
        ("3 mois", "--last 3m"),
        ("yesterday", "--last 1d"),
        ("2025-04-01", "--from 2025-03-31 --to 2025-04-01"),
    ],
)
def test_a_window_that_is_none_is_met_with_the_option_that_says_it(said, meant):
    with pytest.raises(CrescendoError) as refused:
        windows.named(said)(END)
    assert str(refused.value).endswith(f"; did you mean {meant}?")
    option, *values = meant.split()
    if option != "--from":
        {"--window": windows.named, "--last": windows.last}[option](values[0])(END)


@pytest.mark.parametrize(
    "said",
    ["xyz", "0d", "2025-13", "2025-W54", "32/13/2025", "13", "the", "99 weeks 3", ""],
)
def test_what_could_be_anything_is_not_guessed(said):
    meant = hints.window(said, END)
    assert meant == ("--last 13d" if said == "13" else "")


@pytest.mark.parametrize(
    ("said", "meant"),
    [("2025-04", "--window 2025-04"), ("mtd", "--window mtd"), ("week", "--window last-week"), ("28", "--last 28d")],
)
def test_a_length_that_is_none_is_met_with_the_option_that_says_it(said, meant):
    with pytest.raises(CrescendoError, match=f"did you mean {meant}"):
        windows.last(said)(END)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("30/04/2025", "write it as 2025-04-30"),
        ("4/30/2025", "write it as 2025-04-30"),
        ("20250401", "write it as 2025-04-01"),
        ("2025-4-1", "write it as 2025-04-01"),
        ("2025-05", "leave it out for --window 2025-05"),
        ("april 2025", "leave it out for --window 2025-04"),
        ("01/04/2025", "write it as 2025-04-30"),  # of April or of January: an example only
        ("april", "write it as 2025-04-30"),
        ("2025-02-30", "that month ends on 2025-02-28"),
        ("2025-13-01", "write it as 2025-04-30"),
    ],
)
def test_a_day_that_is_none_is_met_with_what_to_type(said, meant):
    with pytest.raises(CrescendoError, match=meant):
        windows.day(said, "--from")


@pytest.mark.parametrize(
    ("start", "end", "step", "is_whole"),
    [
        ("2025-04-06", "2025-04-13", "week", True),
        ("2025-05-11", "2025-05-14", "week", False),
        ("2024-12-31", "2025-01-05", "week", False),
        ("2025-03-31", "2025-04-30", "month", True),
        ("2025-04-30", "2025-05-14", "month", False),
        ("2024-01-31", "2024-02-29", "month", True),
        ("2025-05-13", "2025-05-14", "day", True),
    ],
)
def test_a_step_is_whole_from_its_first_day_to_its_last(start, end, step, is_whole):
    assert windows.is_whole(Window(date.fromisoformat(start), date.fromisoformat(end)), step) is is_whole


@pytest.mark.parametrize(
    ("ratio", "said"),
    [(251 / 252, "99.6 %"), (1.0, "100 %"), (0.99999, "99.9 %"), (0.99, "99 %"), (0.004, "0.4 %"), (0.0, "0 %"),
     (0.000001, "0.1 %"), (0.5, "50 %")],
)  # fmt: skip
def test_nearly_all_days_are_not_all(ratio, said):
    assert shown.readable("coverage_ratio", ratio) == said


@pytest.mark.parametrize(
    "said",
    [
        "",
        "2025-13",
        "2025-Q5",
        "2025-W53",
        "2025-W54",
        "0000",
        "0001",
        "0001-01",
        "9999-W52",
        "last",
        "2025-4",
        "yesterday",
    ],
)
def test_a_window_that_is_none_is_refused_with_what_to_type(said):
    with pytest.raises(CrescendoError, match="2025-Q2, 2025-W17") as refused:
        windows.named(said)(END)
    assert f"did you mean --window {said}?" not in str(refused.value)


def test_the_window_of_a_year_before_has_as_many_days():
    window = Window(date(2024, 2, 1), date(2024, 3, 1))
    assert windows.compared(window, "year") == (window, Window(date(2023, 1, 31), date(2023, 3, 1)))
    assert windows.compared(window, "previous") == (window, Window(date(2024, 1, 3), date(2024, 2, 1)))


def compares(window, own, other, *asked):
    """Whether a window is compared up to a day with the window between two days."""
    start, last = (date.fromisoformat(day) for day in other.split())
    expected = Window(window.start, date.fromisoformat(own)), Window(start, last)
    return windows.compared(window, *asked) == expected


@pytest.mark.parametrize(
    ("name", "against", "end", "own", "other"),
    [
        ("mtd", "previous", "2024-03-10", "2024-03-10", "2024-01-31 2024-02-10"),
        ("mtd", "year", "2024-02-29", "2024-02-28", "2023-01-31 2023-02-28"),
        ("mtd", "previous", "2025-03-31", "2025-03-28", "2025-01-31 2025-02-28"),
        ("mtd", "previous", "2024-01-31", "2024-01-31", "2023-11-30 2023-12-31"),
        ("ytd", "year", "2024-03-10", "2024-03-10", "2022-12-31 2023-03-11"),
        ("ytd", "previous", "2025-03-10", "2025-03-10", "2023-12-31 2024-03-09"),
        ("2025-04", "previous", None, "2025-04-30", "2025-02-28 2025-03-30"),
        ("2025-03", "previous", None, "2025-03-28", "2025-01-31 2025-02-28"),
        ("2024-02", "year", None, "2024-02-28", "2023-01-31 2023-02-28"),
        ("2025-q2", "previous", None, "2025-06-29", "2024-12-31 2025-03-31"),
        ("2024", "previous", None, "2024-12-30", "2022-12-31 2023-12-31"),
        ("2025-W17", "previous", None, "2025-04-27", "2025-04-13 2025-04-20"),
    ],
)
def test_a_month_a_quarter_and_a_year_are_compared_from_their_first_day(name, against, end, own, other):
    window = windows.named(name)(date.fromisoformat(end or "2025-12-31"))
    assert compares(window, own, other, against, name)


@pytest.mark.parametrize(
    ("name", "against", "month", "own", "other"),
    [
        ("2024", "year", "2024-02", "2024-02-28", "2023-01-31 2023-02-28"),
        ("2024", "previous", "2024-03", "2024-03-31", "2023-02-28 2023-03-31"),
        ("2025-q1", "previous", "2025-01", "2025-01-31", "2024-09-30 2024-10-31"),
        ("2024-q3", "previous", "2024-07", "2024-07-30", "2024-03-31 2024-04-30"),
        ("2025", "year", "2025-02", "2025-02-28", "2024-01-31 2024-02-28"),
    ],
)
def test_a_month_of_a_longer_window_is_compared_with_no_day_of_another_month(name, against, month, own, other):
    """Of a year before or a quarter before, over as many days as the shorter month has."""
    window = windows.named(month)(date.fromisoformat("2025-12-31"))
    assert compares(window, own, other, against, name, "month")


def test_there_is_nothing_to_compare_the_first_year_with():
    with pytest.raises(CrescendoError, match="no window before"):
        windows.compared(windows.named("0002")(END), "year", "0002")


def test_month_to_date_against_the_month_before_is_what_growth_windows_says(built):
    words = ("growth", "--by", "song", "--window", "mtd", "--against", "previous", "--metric", "streams")
    done = crescendo(built, project_in(built), *words, "--format", "json")
    told = {row["series_id"]: (row["against_growth"], row["against_change_pct"]) for row in json.loads(done.stdout)}
    with duckdb.connect(str(built / "crescendo.duckdb"), read_only=True) as connection:
        rows = connection.execute("""
            select series_id::varchar, previous_gained, period_change_pct from metrics.growth_windows
            where window_name = 'month to date' and metric = 'streams' and period_change_pct is not null
        """).fetchall()
    known = [(told[series], (gained, percent)) for series, gained, percent in rows if series in told]
    assert len(known) > 100
    equal = sum(one[0] == other[0] and one[1] == pytest.approx(other[1]) for one, other in known)
    # `gained` leaves out corrections, which `growth` counts
    assert equal > 0.8 * len(known)


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(1, 390), st.sampled_from(windows.STEPS))
def test_steps_fill_the_window_without_gap_or_overlap(start, days, step):
    window = Window(start, date.fromordinal(start.toordinal() + days))
    parts = windows.split(window, step)
    assert [parts[0].start, parts[-1].end] == [window.start, window.end]
    assert all(before.end == after.start for before, after in itertools.pairwise(parts))
    inner = [part.end for part in parts[:-1]]
    assert step != "week" or all(end.weekday() == 6 for end in inner)
    assert step != "month" or all(date.fromordinal(end.toordinal() + 1).day == 1 for end in inner)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0, "0"), (9_999, "9,999"), (-9_999, "-9,999"), (10_000, "10.0 K"), (99_949, "99.9 K"), (999_499, "999 K"),
        (999_950, "1.00 M"), (1_629_848_367, "1.63 B"), (-50_165_261, "-50.2 M"), (9_996_000_000, "10.0 B"),
        (1.5e12, "1.50 T"),
    ],
)  # fmt: skip
def test_a_figure_is_shortened_to_three_digits(value, said):
    assert tables.shortened(value) == said


@given(st.floats(10_000, 9e14))
def test_a_shortened_figure_is_within_half_a_percent(value):
    number, letter = tables.shortened(value).split()
    assert float(number.replace(",", "")) * {letter: scale for scale, letter in tables.SCALES}[letter] == pytest.approx(
        value, rel=6e-3
    )


FIGURES = st.integers(-(10**13), 10**13)
TEXTS = st.sampled_from(NAMES)


@given(st.lists(st.tuples(TEXTS, TEXTS, FIGURES, FIGURES, FIGURES), min_size=1, max_size=6), st.integers(60, 200))
def test_no_digit_is_ever_cut(rows, width):
    whole = [[tables.grouped(row[place]) for row in rows] for place in (2, 3, 4)]
    short = [[tables.shortened(row[place]) for row in rows] for place in (2, 3, 4)]
    columns = [
        Column("name", [row[0] for row in rows], is_text=True),
        Column("artist", [row[1] for row in rows], is_text=True, rank=3),
        *(Column(f"figure {n}", whole[n], rank=n, short=short[n]) for n in range(3)),
    ]
    lines, notes = tables.fitted(columns, width)
    assert all(cell_len(line) <= width for line in lines)
    left_out = "".join(note for note in notes if "left out" in note)
    used = short if any("shortened" in note for note in notes) else whole
    for number, cells in enumerate(used):
        if f"figure {number}" not in left_out:
            assert all(cell in line for cell, line in zip(cells, lines[1:], strict=True))
    assert "figure 0" not in left_out and "name" not in left_out  # they never give way


def test_a_table_of_thousands_of_rows_is_cut_as_fast_as_it_is_read():
    many = [f"{NAMES[n % len(NAMES)]} {n} of a very long title that has to be cut" for n in range(3000)]
    columns = [Column("name", many, is_text=True), Column("artist", many, is_text=True, rank=3)]
    started = time.process_time()
    lines, _notes = tables.fitted(columns, 60)
    assert time.process_time() - started < 2
    assert max(map(cell_len, lines)) == 60


@pytest.mark.parametrize("said", [" Léo,  the\tLamplighter\n", "LE\u0301O, THE LAMPLIGHTER", "Léo,\n the lamplighter"])
def test_a_name_is_compared_without_accents_case_and_spaces(said):
    found = duckdb.execute(f"select {names.folded('?1')}", [said]).fetchone()[0]
    assert found == "leo, the lamplighter"


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_is_cut_says_so(name):
    said = tables.cut(name, 10)
    assert cell_len(said) <= 10
    assert said == name or said.endswith("…")


ANSWER = Rows(
    ["name", "series_id", "growth", "growth_pct", "to_date", "is_new", "status"],
    ["VARCHAR", "BIGINT", "DOUBLE", "DOUBLE", "DATE", "BOOLEAN", "VARCHAR"],
    [
        ('Über, the "Lamp"', 606943694567257896, 50165261.0, 3.14, date(2025, 4, 30), False, "ok"),
        ("=1+1", 2, -1.5, None, None, True, None),
        ("音楽; 夜\nline", 3, 0.25, -0.5, date(2024, 2, 29), None, "low_base"),
    ],
    "Growth of streams: [April]",
)


def test_json_has_ids_as_texts_and_numbers_as_numbers():
    first, second, _third = json.loads(outputs.as_json(ANSWER))
    assert first["series_id"] == "606943694567257896"
    assert (first["growth"], second["series_id"], second["growth_pct"]) == (50165261.0, 2, None)


@pytest.mark.parametrize(("locale", "delimiter", "figure"), [("en", ",", "3.14"), ("fr", ";", "3,14")])
def test_csv_is_of_the_locale(locale, delimiter, figure):
    rows = list(csv.reader(io.StringIO(outputs.as_csv(ANSWER, locale)), delimiter=delimiter))
    assert rows[0] == ANSWER.columns
    assert rows[1] == ['Über, the "Lamp"', "606943694567257896", "50165261", figure, "2025-04-30", "false", "ok"]
    assert rows[2][0] == "'=1+1"
    assert rows[3][0] == "音楽; 夜\nline"


def test_a_workbook_has_types_widths_a_frozen_header_and_no_formula(tmp_path):
    path = tmp_path / "answer.xlsx"
    outputs.write(outputs.as_xlsx(ANSWER), path)
    sheet = openpyxl.load_workbook(path).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert (sheet.title, sheet.freeze_panes) == ("Growth of streams April", "A2")
    assert rows[0] == ANSWER.columns
    assert rows[1][:4] == ['Über, the "Lamp"', "606943694567257896", 50165261, 3.14]
    assert (rows[1][4].date(), rows[1][5]) == (date(2025, 4, 30), False)
    assert rows[2][0] == "=1+1" and sheet["A3"].data_type == "s"
    assert sheet.column_dimensions["B"].width >= 18


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")
@pytest.mark.parametrize(("ending", "locale"), [("xlsx", "en"), ("csv", "en"), ("csv", "fr")])
def test_libreoffice_reads_the_same_values(tmp_path, ending, locale):
    path = tmp_path / f"answer.{ending}"
    data = outputs.as_xlsx(ANSWER) if ending == "xlsx" else outputs.as_csv(ANSWER, locale).encode("utf-8-sig")
    outputs.write(data, path)
    # 59 is a semicolon, 76 UTF-8; the language decides on the decimal sign
    how = [f"--infilter=CSV:{59 if locale == 'fr' else 44},34,76,1,,{1036 if locale == 'fr' else 1033},false,true"]
    command = [
        "soffice",
        "--headless",
        f"-env:UserInstallation=file://{tmp_path}/profile",
        *(how if ending == "csv" else []),
    ]
    subprocess.run(
        [*command, "--convert-to", "ods", "--outdir", tmp_path, path], check=True, capture_output=True, timeout=120
    )
    subprocess.run(
        [*command[:3], "--convert-to", "xlsx", "--outdir", tmp_path / "back", tmp_path / "answer.ods"],
        check=True,
        capture_output=True,
        timeout=120,
    )
    rows = [
        [c.value for c in row] for row in openpyxl.load_workbook(tmp_path / "back" / "answer.xlsx").active.iter_rows()
    ]
    assert rows[0] == ANSWER.columns
    assert rows[1][0] == 'Über, the "Lamp"'
    # a spreadsheet rounds an id of a CSV; that of a workbook is text
    assert rows[1][1] == "606943694567257896" if ending == "xlsx" else rows[1][1] == pytest.approx(606943694567257896)
    assert (rows[1][2], rows[1][3]) == (50165261, 3.14)
    assert str(rows[2][0]).lstrip("'") == "=1+1"
    assert rows[3][0] == "音楽; 夜\nline"


def test_a_file_that_cannot_be_written_is_one_sentence(tmp_path):
    with pytest.raises(CrescendoError, match="cannot write"):
        outputs.write(b"x", tmp_path / "no" / "such" / "answer.csv")
    assert not list(tmp_path.iterdir())
    folder = tmp_path / "answer.csv"
    folder.mkdir()
    with pytest.raises(CrescendoError, match="cannot write"):
        outputs.write(b"x", folder)
    assert list(tmp_path.iterdir()) == [folder]


def test_an_ending_says_the_format():
    assert outputs.form_of("", Path("a.XLSX")) == "xlsx"
    assert outputs.form_of("csv", Path("a.txt")) == "csv"
    with pytest.raises(CrescendoError, match="--format"):
        outputs.form_of("", Path("a.dat"))


def test_markdown_escapes_what_would_end_a_cell():
    assert outputs.as_markdown(["name", "n"], [["a|b", "1"]], [True, False]).splitlines() == [
        "| name | n |",
        "| --- | ---: |",
        "| a\\|b | 1 |",
    ]


def said_in_code() -> set[str]:
    """Every text that the code hands to `_`, and every heading."""
    found = set()
    for path in (ROOT / "scripts" / "crescendo").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            is_text = isinstance(node, ast.Call) and getattr(node.func, "id", "") == "_" and node.args
            if is_text and isinstance(node.args[0], ast.Constant):
                found.add(node.args[0].value)
            # ("series_count", "series", 0) of a list
            if isinstance(node, ast.Tuple) and path.name in ("lists.py", "screen.py") and len(node.elts) == 3:
                values = [element.value for element in node.elts if isinstance(element, ast.Constant)]
                found |= {values[1]} if len(values) == 3 and isinstance(values[2], int) else set()
    for path in (ROOT / "scripts" / "crescendo").rglob("*.html"):
        passages = re.findall(r"{% filter said.*?%}(.*?){% endfilter %}", path.read_text(), re.DOTALL)
        found |= {" ".join(passage.split()) for passage in passages}
    columns = {column.heading for columns in shown.COLUMNS.values() for column in columns}
    return (
        found
        | columns
        | set(status.HEADINGS.values())
        | set(TAMPERED)
        | set(headings.HEADINGS.values()).union(*headings.WORDS.values())
        | {*verdicts.VERDICTS, *verdicts.NO_ESTIMATE.values()}
        | {kind.capitalize() for kind in shown.COLUMNS}
        | {"column", "group", "against", "step", "city", "country"}
        | set(windows.STEPS)
        | words.WORDS
    )


@pytest.mark.parametrize("language", [language for language in texts.LANGUAGES if language != "en"])
def test_no_text_lacks_its_translation_and_none_is_left_over(language):
    catalogue = texts.catalogue(language)
    assert set(catalogue) == said_in_code()
    for english_text, translated in catalogue.items():
        assert set(re.findall(r"{\w+}", english_text)) == set(re.findall(r"{\w+}", translated)), english_text


@pytest.mark.parametrize(
    ("language", "count", "said"),
    [
        ("en", 1, "1 row"), ("en", 0, "0 rows"), ("en", 2, "2 rows"), ("en", "1", "1 row"),
        ("en", "1,001", "1,001 rows"),
        ("fr", 1, "1 ligne"), ("fr", 0, "0 ligne"), ("fr", 2, "2 lignes"), ("fr", "1001", "1001 lignes"),
    ],
)  # fmt: skip
def test_a_word_goes_with_its_count(language, count, said):
    text = {"en": "{count} {count:row|rows}", "fr": "{count} {count:ligne|lignes}"}[language]
    assert texts.filled(text, {"count": count}, language) == said


# a count and a word for many of them, whatever the count is
ALWAYS_MANY = re.compile(
    r"{\w+} (?:last |more |new )?"
    r"(?:days|rows|records|files|songs|artists|platforms|metrics|weeks|alerts|findings|verdicts|loads)\b"
)


def test_no_text_says_many_of_what_may_be_one():
    # bounds of ours, and what is too many
    assert {text[:50] for text in texts.catalogue("fr") if ALWAYS_MANY.search(text)} == {
        "Nothing can be judged yet: a usual range needs {da",
        "Usual is the median of the {most} days before, giv",
        "{count} rows are too many for one chart: keep {mos",
        "{count} rows for each series are too many to read:",
        "{metric} counts {days} days at a time, so both end",
        "the first {count} rows",
        "These are the first of {count} rows.",
    }
    with (ROOT / "seeds" / "alert_rules.csv").open(encoding="utf-8", newline="") as rules:
        assert [row["rule_name"] for row in csv.DictReader(rules) if ALWAYS_MANY.search(row["sentence_en"])] == []


# where reasons for rejecting a file or a record are made, and how they begin
REASONS = ("slow_path", "leaves", "landing", "detect", "lines", "read", "broken", "other_kinds")
BEGINS = re.compile(r"(is|has|holds|does|cannot|names|ends|may be|looks like|should be|the key) \S")


def _said(value: ast.FormattedValue, module) -> str:
    """The text of a constant; {} for what differs."""
    said = getattr(module, value.value.id, None) if isinstance(value.value, ast.Name) else None
    return said if isinstance(said, str) else "{}"


def reasons_in_code() -> set[str]:
    """Every reason that the code may give, with {} for what differs."""
    found, parts = set(), set()
    for name in REASONS:
        module = importlib.import_module(f"crescendo.ingest.{name}")
        for node in ast.walk(ast.parse(Path(module.__file__).read_text())):
            if isinstance(node, ast.JoinedStr):
                parts |= {id(value) for value in node.values}
                found.add(
                    "".join(str(v.value) if isinstance(v, ast.Constant) else _said(v, module) for v in node.values)
                )
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in parts:
                found.add(node.value)
    return {text for text in found if BEGINS.match(text) and "\n" not in text}


@pytest.mark.parametrize("language", [language for language in texts.LANGUAGES if language != "en"])
def test_every_reason_of_a_rejection_is_translated(language, monkeypatch):
    monkeypatch.setattr(texts, "_chosen", [language])
    made = reasons_in_code()
    assert len(made) > 50
    for text in made:
        said = text.replace("{}", "1")
        assert texts.reason(said) != said, text
    for english_text, translated in texts.reasons(language).items():
        assert set(re.findall(r"{\w+}", english_text)) == set(re.findall(r"{\w+}", translated)), english_text


def test_a_reason_is_told_in_french_with_what_it_names(monkeypatch):
    told = "is not loaded: none of its 3 records can be: line 3: a[1].b: should be a list, is text"
    assert texts.reason(told) == told
    monkeypatch.setattr(texts, "_chosen", ["fr"])
    assert texts.reason(told) == (
        "n'est pas chargé : aucun de ses 3 enregistrements ne peut l'être : ligne 3 : a[1].b :"
        " devrait être une liste, est un texte"
    )
    assert texts.reason("something that nobody wrote") == "something that nobody wrote"


def test_the_environment_says_the_language(monkeypatch):
    texts.choose("")
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    assert texts.language() == "en"
    monkeypatch.setenv("LANG", "fr_FR.UTF-8")
    assert texts.language() == "fr"
    monkeypatch.setenv("LC_ALL", "C")
    assert texts.language() == "en"


def test_a_type_that_is_none_is_named(built):
    done = crescendo(built, project_in(built), "find", "--type", "sonng", "leo")
    assert (done.returncode, "did you mean song?" in done.stderr) == (2, True), done.stderr


@pytest.mark.parametrize("mark", ["\r", "\n", "\r\n"])
def test_a_line_end_in_a_name_ends_no_row_of_csv(mark):
    said = outputs.as_csv(Rows(["name", "n"], ["VARCHAR", "BIGINT"], [(f"a{mark}=1+1", 1)]), "")
    assert list(csv.reader(io.StringIO(said, newline=""))) == [["name", "n"], ["a\n=1+1", "1"]]


def test_a_group_is_compared_over_the_members_of_both_windows_and_says_so(built):
    words = ("growth", "--by", "platform", "--window", "2025-04", "--against", "year", "--metric", "streams")
    [row] = json.loads(crescendo(built, project_in(built), *words, "--format", "json").stdout)
    both = """
        select 100 * (sum(own.growth) / sum(other.growth) - 1), count(*)
        from metrics.series_growth('2025-03-31', '2025-04-30') as own
        inner join metrics.series_growth('2024-03-31', '2024-04-30') as other using (series_id)
        inner join metrics.dim_subjects on own.subject = subject_id
        where own.platform = 'spotify' and own.metric = 'streams' and counted_by is null
            and own.growth_pct is not null and other.growth_pct is not null
            and own.end_observed_date - own.start_observed_date = other.end_observed_date - other.start_observed_date
    """
    with duckdb.connect(str(built / "crescendo.duckdb"), read_only=True) as connection:
        [(change, count)] = connection.execute(both).fetchall()
    assert row["same_count"] > 10 * count > 0  # songs that were tracked a year ago are few
    assert (row["compared_count"], row["against_change_pct"]) == (count, pytest.approx(change))
    for verb in ("growth", "averages"):
        said = " ".join(crescendo(built, project_in(built), verb, *words[1:]).stdout.split())
        assert "members that both can compare" in said, verb


def test_of_names_that_fit_alike_what_has_streams_comes_first(built):
    found = json.loads(crescendo(built, project_in(built), "find", "orla", "--format", "json").stdout)
    assert found[0]["name"] == "Orla Marlane"  # people of films have the first name too
    assert {one["subject_type"] for one in found[1:]} >= {"person"}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("marlnae", {"Orla Marlane"}),  # two letters turned
        ("orla marlan", {"Orla Marlane"}),
        ("morlan", set()),  # two letters wrong in a word of six
        ("leo the lampligher", {"Léo, the Lamplighter"}),  # a comma is no part of a word
        ("umbrela  PÓSTCARD", {"Second Postcard, Second Umbrella"}),
    ],
)
def test_each_word_of_a_name_may_have_a_typo(built, typed, kept):
    with duckdb.connect(str(built / "crescendo.duckdb"), read_only=True) as connection:
        found = {one.name for one in names.find(connection, typed)}
    assert found >= kept and bool(found) == bool(kept)


def test_a_name_of_another_type_is_said_to_be_one(built):
    asked = crescendo(built, project_in(built), "growth", "--name", "leo the lampligher", "--last", "28d")
    assert (asked.returncode, "'Léo, the Lamplighter' is one of --by artist: ask --by artist" in asked.stderr) == (
        2,
        True,
    )


def test_growth_of_what_began_within_the_window_says_from_when_it_can_be_asked(built):
    """docs/monitoring.md: what Crescendo measures of itself begins with its first run."""
    environment = project_in(built)
    asked = crescendo(built, environment, "growth", "--by", "table", "--metric", "rows", "--last", "7d")
    assert asked.returncode == 2
    said = re.search(r"error: rows is observed since (\S+) only, .* ask again from (\S+) on", asked.stderr)
    began, later = map(date.fromisoformat, said.groups())
    assert (later - began).days == 7
    averages = crescendo(built, environment, "averages", "--by", "phase", "--metric", "seconds", "--last", "7d")
    assert (averages.returncode, "build.load" in averages.stdout) == (0, True)


@pytest.mark.parametrize("width", [50, 60, 80, 140])
def test_an_id_is_whole_or_left_out(width):
    found = [Column("name", ["Second Postcard, Second Umbrella"], True), Column("of", ["Pop" * 20], True, 2)]
    found.append(Column("id", ["song:f720cf74-f1ae-45c4-bb55-4da4c2f54eac"], True, 1, whole=True))
    lines, notes = tables.fitted(found, width)
    there = "id" in lines[0].split()
    assert (found[2].cells[0] in lines[1]) == there == (width >= 14 + 2 + 41)
    assert there or "id" in notes[-1]


@pytest.mark.parametrize(
    ("language", "days", "said"),
    [
        ("en", 30, "Growth of streams by song, 2025-04-01 to 2025-05-01 (30 days); ended "),
        ("en", 1, "Growth of streams by song, 2025-04-30 to 2025-05-01 (1 day); ended "),
        ("fr", 1, "Croissance : streams, par titre, du 2025-04-30 au 2025-05-01 (1 jour) ; terminée il y a "),
    ],
)
def test_a_title_is_in_the_readers_words(monkeypatch, language, days, said):
    monkeypatch.setattr(texts, "_chosen", [language])
    end = date(2025, 5, 1)
    window = SimpleNamespace(start=end - timedelta(days), end=end, days=days)
    question = SimpleNamespace(kind="growth", metric="streams", by="song", against="")
    answer = SimpleNamespace(question=question, windows=[window], columns=[], rows=[])
    assert shown.title(answer).startswith(said)


@pytest.mark.parametrize("platform", ["tmdb", "airplay"])
def test_without_streams_an_answer_is_of_what_there_is_and_not_of_our_own_runs(built, tmp_path, platform):
    warehouse = tmp_path / "crescendo.duckdb"
    shutil.copy(built / "crescendo.duckdb", warehouse)
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(f"""
            delete from metrics.dim_series where metric_id in (
                select metric_id from metrics.dim_metrics where platform not in ('{platform}', 'crescendo')
            )
        """)
    environment = project_in(tmp_path)
    for asked in (("growth",), ("growth", "--by", "platform"), ("averages",), ("averages", "--by", "series")):
        said = crescendo(tmp_path, environment, *asked, "--last", "7d", "--format", "json")
        assert said.returncode == 0, said.stderr
        rows = json.loads(said.stdout)
        assert rows and "crescendo" not in {row["platform"] for row in rows}, (asked, rows[:2])


def test_an_average_on_two_scales_says_so(built):
    window = ("--from", "2024-06-01", "--to", "2025-06-01", "--metric", "streams")
    with duckdb.connect(str(built / "crescendo.duckdb"), read_only=True) as connection:
        query = "select max_by(name, rescaled_count), min_by(name, rescaled_count) from metrics.song_averages(?, ?)"
        [(mixed, single)] = connection.execute(query, [window[1], window[3]]).fetchall()
    said = {name: crescendo(built, project_in(built), "averages", *window, "--name", name) for name in (mixed, single)}
    assert "1 row mixes two scales" in " ".join(said[mixed].stdout.replace("of 1 row", "row").split())
    assert "two scales" not in said[single].stdout
    artists = json.loads(
        crescendo(built, project_in(built), "averages", *window, "--by", "artist", "--format", "json").stdout
    )
    assert sum(row["rescaled_count"] for row in artists) >= 1


@pytest.mark.parametrize("by", ["city", "country", "City"])
@pytest.mark.parametrize("verb", ["growth", "averages"])
def test_what_was_known_of_places_earlier_is_refused_and_not_told_of_today(built, verb, by):
    words = (verb, "--by", by, "--metric", "monthly_listeners", "--last", "28d", "--as-known-at", "2100-01-01")
    said = crescendo(built, project_in(built), *words)
    assert (said.returncode, said.stdout) == (2, "")
    assert "leave out --as-known-at, or ask --by artist" in said.stderr


def test_countries_of_films_are_no_places_and_have_an_answer_of_then(project):
    check_known_at(Question("growth", "country", last="28d", metric="vote_count"))


def test_groups_of_which_no_member_can_be_compared_say_so_and_nothing_else(built, tmp_path):
    warehouse = tmp_path / "crescendo.duckdb"
    shutil.copy(built / "crescendo.duckdb", warehouse)
    with duckdb.connect(str(warehouse)) as connection:
        restated = (
            "update metrics.fct_observations set running_breaks = running_breaks + 131072 where observed_date > ?"
        )
        connection.execute(restated, ["2025-04-15"])
    words = ("growth", "--window", "2025-04", "--by", "artist", "--metric", "streams")
    said = crescendo(tmp_path, project_in(tmp_path), *words)
    assert (said.returncode, said.stderr) == (0, "")
    assert "restated" in said.stdout
