"""The daily report: right figures beside what is usual, whole in itself, in two languages, of any warehouse."""

import json
import re
import xml.etree.ElementTree as ElementTree
from datetime import date, datetime, timedelta
from html.parser import HTMLParser

import duckdb
import pytest
from crescendo.ask import texts
from crescendo.cli import main
from crescendo.operations import alerts, journal, store
from crescendo.operations.alerts import Alert
from crescendo.report import daily, figures
from crescendo.report.facts import Series

DAY = date(2026, 5, 30)
ODD = '<script>alert("1")</script> & | `x`'


@pytest.fixture(autouse=True)
def english(monkeypatch, tmp_path):
    monkeypatch.setenv("CRESCENDO_DB", str(tmp_path / "x.duckdb"))
    texts.choose("en")
    yield
    texts.choose("")


def write_run(file, day, verb="build", *, seconds=60.0, rows=1000, new=100, outcome="ok", hour=6, ends=True, more=()):
    """The journal of a run on a day, as the program writes it."""
    run_id = f"{day:%Y%m%d}T{hour:02}0000.000000Z-7"
    at = f"{day}T{hour:02}:00:00+00:00"
    lines = [
        {"event": "run", "run_id": run_id, "verb": verb, "pid": 7, "version": "1"},
        {"event": "phase_start", "phase": "load"},
        *([{"event": "phase", "phase": "load", "seconds": seconds / 2, "cpu_seconds": 3.0, "peak_bytes": 2_000_000,
            "bytes": 5, "rows": new, "outcome": "ok"}] if ends else []),
        {"event": "table", "source": "tmdb", "table": "raw_tmdb.movies", "rows": rows, "new_rows": new, "bytes": 1,
         "newest_date": str(day)},
        {"event": "request", "source": "tmdb", "endpoint": "movie", "seconds": 0.2, "status": "200", "retries": 0},
        {"event": "column", "source": "tmdb", "table": "raw_tmdb.movies", "column": "title", "data_type": "VARCHAR",
         "rows": 100, "nulls": 0, "valid": None},
        *more,
        *([{"event": "end", "outcome": outcome, "seconds": seconds, "error": ""}] if ends else []),
    ]  # fmt: skip
    folder = journal.folder(file)
    folder.mkdir(exist_ok=True)
    text = "".join(json.dumps({"at": at, **line}) + "\n" for line in lines)
    (folder / f"{run_id}.jsonl").write_text(text)


@pytest.fixture
def month(tmp_path):
    """A warehouse of 29 quiet days and a last one on which builds take longer and no row is new."""
    file = tmp_path / "x.duckdb"
    for back in range(29, 0, -1):
        write_run(file, DAY - timedelta(back), seconds=60 + back % 3, rows=1000 + 10 * (29 - back), new=100 + back % 5)
    with duckdb.connect(str(file)) as connection:
        store.fill(connection, file)
    write_run(file, DAY, seconds=200, rows=1300, new=0, more=[
        {"event": "measure", "subject_type": "finding", "subject": ODD, "platform": "crescendo", "metric": "findings",
         "value": 5},
        {"event": "dbt_node", "node": "promise_a", "resource_type": "test", "status": "fail", "seconds": 1.0,
         "failures": 4, "message": ""},
        {"event": "dbt_node", "node": "promise_b", "resource_type": "test", "status": "pass", "seconds": 1.0,
         "failures": 0, "message": ""},
    ])  # fmt: skip
    return file


def alert(name, opened, resolved=None, severity="critical"):
    return Alert(
        name, f"rule_{name}", severity, "table", "t", "crescendo", "rows", "bound", "resolved" if resolved else "open",
        opened, opened, resolved, 3, 1.0, None, 9.0, 0, "", f"{name} is wrong: {ODD}", f"{name} va mal : {ODD}", "",
    )  # fmt: skip


def section(made, key):
    return next(one for one in made.sections if one.key == key)


def figures_of(made, key):
    return {one.name: one for one in section(made, key).figures}


def test_each_figure_stands_beside_its_usual_range(month):
    made = daily.report(month, DAY)
    runs, volumes, quality = (figures_of(made, key) for key in ("runs", "volumes", "quality"))
    # 28 days of 60, 61 and 62 seconds: median 61, median deviation 1, so 61 give or take 3 x 1.4826
    took = runs["build: duration"]
    assert (took.value, took.judgement) == (200, "above")
    assert (took.low, took.high) == pytest.approx((61 - 4.4478, 61 + 4.4478))
    assert volumes["raw_tmdb.movies: new rows"].judgement == "below"
    assert quality["promise_a: rows that break this promise"].value == 4
    assert "promise_b: rows that break this promise" not in quality
    assert section(made, "quality").notes == ["2 tests of the last build of the day, 1 of them not passed."]
    assert figures_of(made, "requests")["tmdb/movie: requests"].judgement == "usual"
    assert figures_of(made, "freshness")["raw_tmdb.movies: age of the newest row"].value == 0
    [row] = section(made, "runs").tables[0].rows
    assert row[:4] == ["build", "06:00:00", "ok", "200 s"]


def test_another_day_is_told_as_it_was(month):
    made = daily.report(month, DAY - timedelta(1))
    assert figures_of(made, "runs")["build: duration"].judgement == "usual"
    assert figures_of(made, "volumes")["raw_tmdb.movies: new rows"].judgement == "usual"
    early = daily.report(month, DAY - timedelta(25))
    assert {one.judgement for one in figures_of(early, "runs").values()} == {"too_few"}
    assert "Nothing can be judged yet: a usual range needs 7 days." in early.headlines


def test_a_day_without_a_run_says_so_and_what_is_missing(month):
    made = daily.report(month, DAY + timedelta(1))
    assert section(made, "runs").notes == ["Nothing ran on this day: no fetch, load, build or publish."]
    assert section(daily.report(month, DAY - timedelta(1)), "quality").notes == ["Every figure of quality is as usual."]
    assert figures_of(made, "runs")["build: duration"].judgement == "missing"
    made = daily.report(month, DAY + timedelta(40))
    assert not section(made, "runs").figures


def test_a_run_that_was_killed_is_told_with_its_phase(tmp_path):
    file = tmp_path / "x.duckdb"
    write_run(file, DAY, ends=False)
    [row] = section(daily.report(file, DAY), "runs").tables[0].rows
    assert (row[2], row[-1]) == ("killed", "in phase load")


def test_the_alerts_of_a_day_are_those_that_were_open_on_it(month):
    noon = datetime(2026, 5, 30, 12)
    with alerts.renewed(month) as known:
        known[:] = [
            alert("since", noon - timedelta(3), severity="warning"), alert("fresh", noon),
            alert("over", noon - timedelta(5), noon), alert("long_over", noon - timedelta(9), noon - timedelta(4)),
            alert("later", noon + timedelta(2)),
        ]  # fmt: skip
    [table] = section(daily.report(month, DAY), "alerts").tables
    assert [(row[0], row[1].split()[0]) for row in table.rows] == [
        ("critical", "fresh"), ("warning", "since"), ("resolved", "over")
    ]  # fmt: skip
    assert "2 alerts are open, 1 of them critical." in daily.report(month, DAY).headlines
    [table] = section(daily.report(month, DAY - timedelta(2)), "alerts").tables
    assert [row[1].split()[0] for row in table.rows] == ["over", "since"]


class Page(HTMLParser):
    """What a page holds: elements by name with their attributes, and that every one that opens is closed."""

    VOID = ("meta", "link", "br", "img", "input")

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.elements, self.stack, self.words = [], [], []
        self.feed(text)
        assert not self.stack

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        if tag not in self.VOID:
            self.stack.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        assert self.stack.pop() == tag

    def handle_data(self, data):
        self.words.append(data)

    def of(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


def test_the_page_needs_nothing_but_itself_and_no_name_is_markup(month):
    with alerts.renewed(month) as known:
        known[:] = [alert("fresh", datetime(2026, 5, 30, 12))]
    text = daily.as_html(daily.report(month, DAY))
    page = Page(text)
    assert not {"script", "link", "img", "iframe", "object", "embed", "base", "form"} & {
        tag for tag, _ in page.elements
    }
    for _, attributes in page.elements:
        assert not [name for name in attributes if name in ("src", "srcset", "xlink:href", "style") or name[:2] == "on"]
    assert all(link["href"].startswith("#") for link in page.of("a"))
    assert "http" not in text.replace("http-equiv", "")
    assert "url(" not in text
    policy = [one for one in page.of("meta") if one.get("http-equiv") == "Content-Security-Policy"]
    assert policy[0]["content"] == "default-src 'none'; style-src 'unsafe-inline'"
    assert f"fresh is wrong: {ODD}" in "".join(page.words)
    ids = {one["id"] for one in page.of("section")}
    assert {link["href"][1:] for link in page.of("a")} == ids


def test_every_chart_says_in_words_what_it_shows_and_has_no_colour(month):
    text = daily.as_html(daily.report(month, DAY))
    charts = re.findall(r"<svg.*?</svg>", text, re.DOTALL)
    assert len(charts) > 8
    for chart in charts:
        root = ElementTree.fromstring(chart)
        title = root.find("title")
        assert root.get("role") == "img"
        assert root.get("aria-label") == title.text
        assert re.search(r"lowest .*, highest .*, last .*; usual: ", title.text)
    colours = set(re.findall(r"#([0-9a-fA-F]{3,6})\b", text.replace('href="#', "")))
    assert colours
    for colour in colours:
        size = len(colour) // 3
        assert len({colour[at : at + size] for at in range(0, len(colour), size)}) == 1, "not a grey"
    [unusual] = [chart for chart in charts if 'aria-label="build: duration,' in chart]
    assert 'fill="#000"' in unusual, "a mark that is no colour"
    assert "▲ above usual" in text


def test_markdown_holds_the_same_and_no_name_breaks_a_table(month):
    with alerts.renewed(month) as known:
        known[:] = [alert("fresh", datetime(2026, 5, 30, 12))]
    made = daily.report(month, DAY)
    text = daily.as_markdown(made)
    assert "| build: duration | 200 s | 56.6 s to 65.4 s | ▲ above usual |" in text
    assert "fresh is wrong: \\<script\\>alert" in text
    blocks = re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE)
    assert len(blocks) >= 6
    for block in blocks:
        rows = block.splitlines()
        assert set(re.sub(r"[\s:|-]", "", rows[1])) == set(), "a heading and its line"
        assert len({len(re.findall(r"(?<!\\)\|", row)) for row in rows}) == 1, block


def test_json_holds_figures_with_bounds_and_history(month):
    said = json.loads(daily.as_json(daily.report(month, DAY)))
    assert said["date"] == "2026-05-30"
    runs = next(one for one in said["sections"] if one["key"] == "runs")
    took = next(one for one in runs["figures"] if one["name"] == "build: duration")
    assert (took["value"], took["judgement"], len(took["history"])) == (200, "above", 29)
    assert took["history"][-1] == ["2026-05-30", 200]


def test_the_report_is_in_french_if_asked(month, capsys):
    with alerts.renewed(month) as known:
        known[:] = [alert("fresh", datetime(2026, 5, 30, 12))]
    assert main(["report", "daily", "--date", "2026-05-30", "--format", "md", "--lang", "fr"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("# Crescendo, rapport du 2026-05-30")
    assert "| build : durée | 200 s | 56,6 s à 65,4 s | ▲ au-dessus de l'habituel |" in said
    assert "fresh va mal" in said
    assert "| raw\\_tmdb.movies : lignes | 1\u202f300 |" in said
    assert main(["report", "daily", "--date", "2026-05-30", "--lang", "fr"]) == 0
    assert '<html lang="fr">' in capsys.readouterr().out


def test_without_a_warehouse_and_of_one_never_built_the_page_says_what_to_do(tmp_path, desk, capsys):
    made = daily.report(tmp_path / "none.duckdb", DAY)
    assert made.headlines == ["There is no warehouse at none.duckdb yet: `crescendo build` makes one."]
    assert all(one.notes for one in made.sections if one.key != "alerts")
    assert "yet: <code>crescendo build</code> makes one." in daily.as_html(made)
    Page(daily.as_html(made))
    assert not list(tmp_path.glob("none*"))
    with duckdb.connect(str(tmp_path / "empty.duckdb")):
        pass
    made = daily.report(tmp_path / "empty.duckdb", DAY)
    assert "There is no warehouse" in made.headlines[0]
    desk.write("crm.csv", "a,b\n")
    desk.run("load", desk.folder)
    code, out, _ = desk.run("report", "daily", "--format", "json")
    said = json.loads(out)
    assert code == 0
    assert "The models were never built: `crescendo build` makes them." in said["headlines"]
    [row] = next(one for one in said["sections"] if one["key"] == "runs")["tables"][0]["rows"]
    assert row[0] == "load"


def test_what_is_asked_for_wrongly_is_refused(capsys, tmp_path):
    assert main(["report", "daily", "--date", "2999-01-01"]) == 2
    assert "--date 2999-01-01 is in the future" in capsys.readouterr().err
    assert main(["report", "daily", "--date", "yesterday"]) == 2
    assert main(["report", "daily", "--to", str(tmp_path / "no" / "x.html")]) == 2
    assert main(["report", "daily", "--to", str(tmp_path / "x.html")]) == 0
    assert (tmp_path / "x.html").read_text().startswith("<!doctype html>")


@pytest.mark.parametrize(
    ("before", "low", "high"),
    [
        ([5.0] * 6, None, None),
        ([5.0] * 7, 5, 5),
        ([1, 1, 1, 1, 1, 1, 100], 1, 1),
        ([1, 2, 3, 4, 5, 6, 7], 0, 4 + 2 * 4.4478),
        ([-10, 0, 10, 0, -10, 10, 0], -44.478, 44.478),
    ],
)
def test_the_usual_range_is_the_median_and_three_deviations(before, low, high):
    found = figures.usual(before)
    assert found == ((None, None) if low is None else pytest.approx((low, high)))


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (None, "count", "-"), (0, "count", "0"), (1234567, "count", "1,234,567"), (0.256, "ratio", "25.6 %"),
        (999, "bytes", "999 B"), (1_500_000, "bytes", "1.5 MB"), (0.0123, "seconds", "0.01 s"),
        (75.21, "seconds", "75.2 s"), (3, "days", "3 days"), (2.5, "count", "2.5"),
        (1234.5, "milliseconds", "1,234 ms"),
    ],
)  # fmt: skip
def test_values_are_said_with_their_unit(value, unit, said):
    assert figures.said(value, unit) == said


def test_a_chart_of_one_day_is_none_and_of_equal_values_a_line():
    one = figures.figure("x", Series("run", "x", "seconds", [(DAY, 1.0)]), DAY, "seconds")
    assert figures.chart(one) == ""
    flat = [(DAY - timedelta(9 - n), 4.0) for n in range(10)]
    chart = figures.chart(figures.figure("x", Series("run", "x", "seconds", flat), DAY, "seconds"))
    assert "nan" not in chart
    assert len(ElementTree.fromstring(chart)) == 4


def test_the_sample_has_movers_and_its_build_in_the_report(built):
    made = daily.report(built / "crescendo.duckdb", datetime.now().date())
    [table] = section(made, "movers").tables
    assert 1 <= len(table.rows) <= 10
    for row in table.rows:
        assert row[0][0] in "▲▼"
    assert section(made, "freshness").tables[0].rows
    Page(daily.as_html(made))
