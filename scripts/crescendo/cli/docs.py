"""`crescendo docs`: the pages that are made from declarations and models, and the dbt docs as one file."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import click
import duckdb

from crescendo.errors import CrescendoError
from crescendo.manifest import published, read
from crescendo.sources import all_sources

FOLDER = Path("docs")


@click.command("docs")
@click.option("--check", is_flag=True, help="Write nothing; say what is stale and exit 1.")
@click.option("--static", is_flag=True, help="Make the dbt docs of the warehouse too, as one HTML file.")
def docs_command(check: bool, static: bool) -> int:
    """Write the field dictionary, the diagrams and PostgreSQL's DDL to docs/.

    \b
    Example:
      crescendo docs
      crescendo docs --static
    """
    from crescendo.documents.fields import shares

    if check:
        stale = stale_pages(FOLDER)
        for name in stale:
            click.echo(f"docs/{name} is stale: run `crescendo docs` and commit what it writes", err=True)
        return 1 if stale else 0
    sources = list(all_sources().values())
    with tempfile.TemporaryDirectory() as folder, _sample(Path(folder)) as connection:
        empty = shares(connection, sources)
    made, dot = pages(empty)
    for name, page in made.items():
        (FOLDER / name).write_text(page)
        click.echo(f"docs/{name}")
    _draw(FOLDER / "schema.svg", dot)
    if static:
        click.echo(_static_site())
    return 0


def pages(empty: dict) -> tuple[dict[str, str], str]:
    """The pages by name, but for the picture, and the Graphviz text that the picture is drawn from.

    `empty` are the shares of nulls, see `fields.shares`. Reads the project in the working folder.
    """
    from crescendo.documents import fields, pictures

    manifest, sources = read(), list(all_sources().values())
    relations = published(manifest)
    made = {
        "fields.md": fields.fields_page(sources, fields.Decisions(manifest, relations), empty),
        "sources.md": fields.sources_page(sources),
        "schema.md": pictures.schema_page(manifest, relations),
        "schema.sql": pictures.schema_sql(relations),
    }
    return made, pictures.schema_dot(manifest, relations)


def stale_pages(folder: Path) -> list[str]:
    """The names of the pages in a folder that are not what the project makes; shares of nulls are taken as they are."""
    from crescendo.documents import fields, pictures

    written = folder / "fields.md"
    empty = fields.shares_in(written.read_text(), list(all_sources().values())) if written.is_file() else {}
    made, dot = pages(empty)
    stale = [name for name, page in made.items() if not _says(folder / name, page)]
    picture = folder / "schema.svg"
    drawn = picture.is_file() and pictures.mark(dot) in picture.read_text()
    return stale if drawn else [*stale, "schema.svg"]


def _says(path: Path, page: str) -> bool:
    return path.is_file() and path.read_text() == page


def _draw(path: Path, dot: str) -> None:
    from crescendo.documents.pictures import mark, schema_svg

    if not (path.is_file() and mark(dot) in path.read_text()):
        path.write_text(schema_svg(dot))
        click.echo(str(path))


def _sample(folder: Path) -> duckdb.DuckDBPyConnection:
    """A warehouse with the raw tables of a sample of every source."""
    from crescendo.cli.sample import sample_command

    landing = folder / "landing"
    sample_command.main(args=["--to", str(landing)], standalone_mode=False)
    _run([sys.executable, "-m", "crescendo.cli", "load", str(landing)], CRESCENDO_DB=str(folder / "sample.duckdb"))
    return duckdb.connect(str(folder / "sample.duckdb"), read_only=True)


def _static_site() -> Path:
    target = Path(os.environ.get("DBT_TARGET_PATH") or "target")
    _run([sys.executable, "-m", "dbt.cli.main", "docs", "generate", "--static", "--quiet", "--no-use-colors"])
    return target / "static_index.html"


def _run(command: list[str], **environment: str) -> None:
    own = {"DBT_SEND_ANONYMOUS_USAGE_STATS": "false", "DO_NOT_TRACK": "1"} | environment
    done = subprocess.run(command, env=os.environ | own, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise CrescendoError(f"{' '.join(command[2:])} failed: {done.stdout}{done.stderr}")
