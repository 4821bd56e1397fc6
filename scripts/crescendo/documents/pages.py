"""The generated pages of docs/, and which of those that are there are stale."""

from pathlib import Path

from crescendo import dbt
from crescendo.documents import fields, pictures
from crescendo.manifest import published
from crescendo.sources import all_sources

FIRST = "soundcharts"


def pages(empty: dict) -> tuple[dict[str, str], dict[str, str]]:
    """The pages by name, and the pictures by name, each with the Graphviz text that it is drawn from.

    `empty` are the shares of nulls, see `fields.shares`. Reads the project in the working folder.
    """
    # the report is what the project is about, so its source comes first
    sources = sorted(all_sources().values(), key=lambda source: (source.name != FIRST, source.name))
    manifest = dbt.manifest()
    relations = published(manifest)
    made = {
        "fields.md": fields.fields_page(sources, fields.Decisions(manifest, relations), empty),
        "sources.md": fields.sources_page(sources),
        "schema.md": pictures.schema_page(manifest, relations),
        "schema.sql": pictures.schema_sql(relations),
    }
    return made, pictures.dots(manifest, relations)


def stale_pages(folder: Path) -> list[str]:
    """The names of the pages in a folder that are not what the project makes; shares of nulls are taken as they are."""
    written = folder / "fields.md"
    empty = fields.shares_in(written.read_text(), list(all_sources().values())) if written.is_file() else {}
    made, dots = pages(empty)
    stale = [name for name, page in made.items() if not _says(folder / name, page)]
    return stale + [name for name, dot in dots.items() if not is_drawn(folder / name, dot)]


def is_drawn(picture: Path, dot: str) -> bool:
    """Whether a picture is there and drawn from this Graphviz text."""
    return picture.is_file() and pictures.mark(dot) in picture.read_text()


def _says(path: Path, page: str) -> bool:
    return path.is_file() and path.read_text() == page
