"""What a source declares, what dbt is told of it, and what the staging reads are one and the same."""

from collections import Counter

import pytest
import yaml
from conftest import ROOT
from crescendo.documents.dbt_sources import sources_yaml
from crescendo.ingest.flatten import raw_tables
from crescendo.sources import all_sources

SOURCES = all_sources()


def declared(source):
    return {table.name: sorted(table.columns) for document in source.documents for table in raw_tables(document)}


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
def test_dbt_is_told_of_every_raw_table_and_column_with_its_type(source):
    path = ROOT / "models" / "staging" / source.name / f"_{source.name}__sources.yml"
    assert path.read_text() == sources_yaml(source), "it is stale: run `crescendo docs` and commit what it writes"
    [told] = yaml.safe_load(path.read_text())["sources"]
    raw = [table for document in source.documents for table in raw_tables(document)]
    types = {table.name: {name: kind.lower() for name, kind in table.columns.items()} for table in raw}
    assert told["name"] == source.schema
    assert {t["name"]: {c["name"]: c["data_type"] for c in t["columns"]} for t in told["tables"]} == types
    nameless = [t["name"] for t in told["tables"] for c in [t, *t["columns"]] if not c.get("description")]
    assert not nameless, f"without a description: {nameless}"


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
def test_documents_that_share_a_table_agree_on_its_columns(source):
    forms = {
        (table.name, tuple(table.columns.items())) for document in source.documents for table in raw_tables(document)
    }
    assert len(forms) == len(declared(source))
    documents = Counter(document.name for document in source.documents)
    assert max(documents.values()) == 1


SQL = {path: path.read_text() for folder in ("models", "tests", "analyses") for path in (ROOT / folder).rglob("*.sql")}


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
def test_every_raw_table_is_staged_once_unless_nothing_reads_it(source):
    folder = ROOT / "models" / "staging" / source.name
    readers = {
        name: [path for path, text in SQL.items() if f"source('{source.schema}', '{name}')" in text]
        for name in declared(source)
    }
    staged = {name: [path.name for path in paths if path.parent == folder] for name, paths in readers.items()}
    assert {name: views for name, views in staged.items() if len(views) != (1 if readers[name] else 0)} == {}


def test_every_staging_view_is_read():
    # what the recommender writes or takes in is read by Python and by people
    by_python = {"estimates", "recommendations", "served"}
    views = {path.stem for path in SQL if "staging" in path.parts and path.parent.name not in by_python}
    assert views
    assert {name for name in views if not any(f"ref('{name}')" in text for text in SQL.values())} == set()


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
def test_what_lists_carry_is_named_and_typed_as_on_the_page(source):
    for document in source.documents:
        page, *lists = raw_tables(document)
        for table in lists:
            own_lists = table.parent == page.name
            expected = [*(document.carried if own_lists else ()), "_load_id"] if document.layout == "page" else []
            assert list(table.carried) == expected
            assert {name: table.columns[name] for name in table.carried} == {
                name: page.columns[name] for name in table.carried
            }
