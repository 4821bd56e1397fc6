"""The generated documents say what the declarations and the models say, and a stale one is named with its cure."""

import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from conftest import ROOT, project_in
from crescendo import dbt, manifest
from crescendo.cli import docs, main
from crescendo.documents import fields, pages, pictures
from crescendo.ingest.flatten import raw_tables
from crescendo.shapes import Field
from crescendo.sources import all_sources


@pytest.fixture
def project(built, monkeypatch):
    """The built project as the one that commands find."""
    monkeypatch.chdir(built)
    for name, value in project_in(built).items():
        monkeypatch.setenv(name, value)
    return built


def test_no_generated_document_is_stale(project):
    stale = pages.stale_pages(ROOT / "docs")
    assert not stale, f"docs/{', docs/'.join(stale)} no longer say what the project says: run `crescendo docs`, commit"


ANSWERS = "".join((ROOT / path).read_text() for path in ("README.md", "docs/questions.md"))
EXAMPLES = re.findall(r"```sql\n([^`]*)```\n\n```text\n([^`]*)```", ANSWERS)
assert len(EXAMPLES) >= 5, "the documents show no answers"


@pytest.mark.parametrize(("question", "answer"), EXAMPLES, ids=[question.split("\n")[0] for question, _ in EXAMPLES])
def test_an_answer_of_the_readme_is_what_the_shell_prints(built, question, answer):
    shell = [Path(sys.executable).with_name("duckdb"), "-readonly", built / "crescendo.duckdb"]
    printed = subprocess.run(shell, input=question, capture_output=True, text=True, check=True).stdout
    assert printed == answer


def test_a_new_column_in_a_declaration_is_noticed_and_the_command_is_named(project, monkeypatch, capsys):
    source = all_sources()["soundcharts"]
    report, *others = source.documents
    grown = replace(report, fields=(*report.fields, Field("mood", note="New.")))
    sources = all_sources() | {"soundcharts": replace(source, documents=(grown, *others))}
    monkeypatch.setattr(pages, "all_sources", lambda: sources)
    monkeypatch.setattr(docs, "FOLDER", ROOT / "docs")
    assert main(["docs", "--check"]) == 1
    said = capsys.readouterr().err
    assert "docs/fields.md is stale: run `crescendo docs`" in said
    assert "docs/sources.md is stale: run `crescendo docs`" in said


def test_every_raw_column_is_a_field_and_every_field_a_raw_column():
    for source in all_sources().values():
        for document in source.documents:
            told = {field.place for field in fields.sent(source, document) if field.place}
            made = {
                (f"{source.schema}.{table.name}", column)
                for table in raw_tables(document)
                for column in table.columns
                if not column.startswith(("_", "asked_")) and column not in table.carried
            }
            assert told == made, document.name


@pytest.mark.parametrize(
    ("path", "decision", "ends"),
    [
        ("title", ("kept",), {("audience.dim_songs", "title")}),
        (
            "artist",
            ("normalised", "renamed"),
            {("audience.dim_songs", "artist_credit"), ("audience.dim_artists", "artist_name")},
        ),
        (
            "timeSeries[].spotify-streams",
            ("normalised", "regrouped", "renamed"),
            {("metrics.fct_observations", "value")},
        ),
        ("timeSeries[].date", ("normalised", "renamed"), {("metrics.fct_observations", "observed_date")}),
    ],
)
def test_decisions_follow_the_models(project, path, decision, ends):
    read, source = dbt.manifest(), all_sources()["soundcharts"]
    made = fields.Decisions(read, manifest.published(read)).of(fields.sent(source, source.documents[0]))
    [found] = [what for field, what in made.items() if field.path == path]
    assert (found.words, set(found.ends)) == (decision, ends)


def test_shares_of_nulls_are_those_of_the_sample(project):
    import duckdb

    sources = list(all_sources().values())
    said = fields.shares_in((ROOT / "docs" / "fields.md").read_text(), sources)
    with duckdb.connect(str(project / "crescendo.duckdb"), read_only=True) as connection:
        measured = {
            place: share
            for place, share in fields.shares(connection, sources).items()
            if not place[1].startswith(("_", "asked_"))
        }
    assert measured
    assert {place: said.get(place) for place in measured} == measured


def test_the_report_comes_first_and_a_line_says_how_many(project):
    schema = (ROOT / "docs" / "schema.md").read_text()
    first = schema.split("```mermaid")[1].split("```")[0]
    assert len(re.findall(r'^  "[^"]+" {$', first, re.M)) == len(pictures.REPORT)
    assert '"metrics.fct_observations" }o--|| "metrics.dim_series": series_id' in first
    read = dbt.manifest()
    relations = {relation.full_name: relation for relation in manifest.published(read)}
    lines = re.findall(r'"([^"]+)" (\S+)--(\S+) "[^"]+": (\w+)', schema)
    assert lines
    for child, many, one, column in lines:
        relation = relations[child]
        held = [relation.primary_key, *(index.columns for index in relation.indexes if index.unique)]
        assert many == ("|o" if (column,) in held else "}o"), (child, column)
        assert (one == "||") == (column in relation.primary_key or column in relation.not_null), (child, column)
    for name in ("sources.md", "fields.md"):
        assert re.search(r"^### .*", (ROOT / "docs" / name).read_text(), re.M)[0] == "### soundcharts: report"


def test_every_field_has_a_reason_and_every_link_of_the_contents_an_end():
    page = (ROOT / "docs" / "fields.md").read_text()
    rows = [line.strip("| ").split(" | ") for line in page.splitlines() if line.startswith("| `")]
    assert rows and all(row[-1].strip() for row in rows)
    ends = {
        re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in re.findall(r"^##+ (.*)$", page, re.M)
    }
    links = re.findall(r"\]\(#([\w-]+)\)", page)
    assert links and set(links) <= ends


def test_every_table_has_a_line_or_the_page_says_what_it_is_made_from(project):
    read = dbt.manifest()
    relations = manifest.published(read)
    page, made = pictures.schema_page(read, relations), pictures.dots(read, relations)
    drawn = {end for line in re.findall(r'"([^"]+)" \S+--\S+ "([^"]+)": \w+', page) for end in line}
    told = dict(re.findall(r"^- `([\w.]+)`: (`.*|a seed or raw tables alone.*)$", page, re.M))
    tables = {relation.full_name for relation in relations if relation.kind == "table"}
    assert (drawn | set(told), drawn & set(told)) == (tables, set())
    assert told["metrics.trending"] == "`metrics.dim_metrics`, `metrics.dim_subjects`, `metrics.growth_windows`"
    assert set(re.findall(r"\((schema\w*\.svg)\)", page)) == set(made)
    assert {"schema.svg", "schema_audience.svg", "schema_listening.svg", "schema_metrics.svg"} <= set(made)
    # the keys alone, so that a page holds them
    assert "fct_listens" in made["schema_listening.svg"] and "release_date" not in made["schema_audience.svg"]


def test_the_ends_of_a_line_are_those_of_the_rows(built):
    said = (ROOT / "docs" / "schema.md").read_text()
    lines = set(re.findall(r'"([^"]+)" (\}o|\|o)--(\|\||o\|) "([^"]+)": (\S+)', said))
    assert len(lines) > 30
    with duckdb.connect(str(built / "crescendo.duckdb"), read_only=True) as connection:
        for child, many, one, parent, column in lines:
            counted = f"select count(*), count({column}), count(distinct {column}) from {child}"
            [(rows, known, different)] = connection.execute(counted).fetchall()
            assert one == "o|" or known == rows, f"{child}.{column} has nulls, and its line to {parent} says one"
            assert many == "}o" or different == known, f"rows of {child} share a {column}"
    # what has a song or an artist is one subject each, and several songs may be one recording
    ends = {(child, column): (many, one) for child, many, one, _parent, column in lines}
    assert ends["audience.dim_songs", "subject_id"] == ends["audience.dim_artists", "subject_id"] == ("|o", "||")
    assert ends["audience.dim_songs", "recording_id"] == ends["metrics.dim_series", "metric_id"] == ("}o", "||")


def test_the_picture_is_one_that_opens_anywhere():
    picture = (ROOT / "docs" / "schema.svg").read_text()
    assert picture.startswith("<?xml")
    assert "fct_observations" in picture
    assert not re.search(r"(href|src)=", picture)


def test_every_environment_variable_is_listed_and_every_listed_one_is_read():
    code = "".join(
        path.read_text() for path in [*(ROOT / "scripts" / "crescendo").rglob("*.py"), ROOT / "profiles.yml"]
    )
    own = set(re.findall(r"""["']((?:CRESCENDO|SOUNDCHARTS)_[A-Z_]+|DBT_TARGET_PATH)["']""", code))
    read = own | {name for call in re.findall(r"environ[^\n]*", code) for name in re.findall(r'"([A-Z_]{4,})"', call)}
    read |= {
        name for line in re.findall(r"for name in \(([^)]*)\)", code) for name in re.findall(r'"([A-Z_]{4,})"', line)
    }
    # by which `crescendo` speaks to its own dbt
    read -= {"CRESCENDO_PROJECT_STAMP", "CRESCENDO_WANTED_NODES", "CRESCENDO_KEPT_MANIFEST", "DBT_USE_FAST_TEST_EDGES"}
    section = (ROOT / "docs" / "runbook.md").read_text().split("## Environment variables")[1].split("\n## ")[0]
    listed = re.findall(r"^\| `(\w+)` \|", section, re.M)
    from_libraries = {"PGHOST", "PGDATABASE", "PGUSER", "PGSERVICE", "PGPASSWORD", "COLUMNS"}  # libpq's and Python's
    from_libraries |= {"MYSQL_HOST", "MYSQL_TCP_PORT", "MYSQL_UNIX_PORT", "MYSQL_USER", "MYSQL_PWD"}
    assert len(listed) == len(set(listed))
    assert set(listed) == read | from_libraries
    example = re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.M)
    assert example == [
        name for name in listed if name.startswith(("CRESCENDO_", "SOUNDCHARTS_", "TMDB_", "PG", "MYSQL_"))
    ]


def test_decision_records_are_numbered_without_a_gap():
    found = sorted(path.name for path in (ROOT / "docs" / "decisions").glob("*.md"))
    assert [name[:4] for name in found] == [f"{number:04d}" for number in range(1, len(found) + 1)]
