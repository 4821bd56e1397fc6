"""`crescendo docs`: the pages that are made from declarations and models, and the dbt docs as one file."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import duckdb

from crescendo import dbt, warehouse
from crescendo.documents.dbt_sources import path_of, sources_yaml, stale_sources
from crescendo.documents.pages import is_drawn, pages, stale_pages
from crescendo.ingest.load import load
from crescendo.sources import all_sources
from crescendo.sources.sample import write_sample

FOLDER = Path("docs")


@click.command("docs")
@click.option("--check", is_flag=True, help="Write nothing; say what is stale and exit 1.")
@click.option("--static", is_flag=True, help="Make the dbt docs of the warehouse too, as one HTML file.")
def docs_command(check: bool, static: bool) -> int:
    """Write the field dictionary, the diagrams and PostgreSQL's DDL to docs/, and dbt's sources to models/staging/.

    \b
    Example:
      crescendo docs
      crescendo docs --static
    """
    from crescendo.documents.fields import shares

    if check:
        stale = [str(path) for path in stale_sources(list(all_sources().values()))]
        stale += [f"docs/{name}" for name in stale_pages(FOLDER)]
        for name in stale:
            click.echo(f"{name} is stale: run `crescendo docs` and commit what it writes", err=True)
        return 1 if stale else 0
    sources = list(all_sources().values())
    for source in sources:  # first, since dbt reads them
        path_of(source).parent.mkdir(parents=True, exist_ok=True)
        path_of(source).write_text(sources_yaml(source))
        click.echo(path_of(source))
    with _sample() as connection:
        empty = shares(connection, sources)
    made, dots = pages(empty)
    for name, page in made.items():
        (FOLDER / name).write_text(page)
        click.echo(f"docs/{name}")
    for name, dot in dots.items():
        _draw(FOLDER / name, dot)
    if static:
        click.echo(dbt.static_site())
    return 0


def _draw(path: Path, dot: str) -> None:
    from crescendo.documents.pictures import schema_svg

    if not is_drawn(path, dot):
        path.write_text(schema_svg(dot))
        click.echo(str(path))


@contextmanager
def _sample() -> Iterator[duckdb.DuckDBPyConnection]:
    """A warehouse with the raw tables of a sample of every source."""
    with tempfile.TemporaryDirectory() as folder:
        landing, file = Path(folder, "landing"), Path(folder, "sample.duckdb")
        for said in write_sample(landing):
            click.echo(said)
        load([landing], file=file)
        with warehouse.connect(file, read_only=True) as connection:
            yield connection
