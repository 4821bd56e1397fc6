"""The generated pages of docs/, and which of those that are there are stale."""

from pathlib import Path

from crescendo import dbt
from crescendo.documents import fields, pictures
from crescendo.manifest import published
from crescendo.sources import all_sources

FIRST = "soundcharts"


def pages(empty: dict) -> tuple[dict[str, str], str]:
    """The pages by name, but for the picture, and the Graphviz text that the picture is drawn from.

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
    return made, pictures.report_dot(manifest, relations)


def stale_pages(folder: Path) -> list[str]:
    """The names of the pages in a folder that are not what the project makes; shares of nulls are taken as they are."""
    written = folder / "fields.md"
    empty = fields.shares_in(written.read_text(), list(all_sources().values())) if written.is_file() else {}
    made, dot = pages(empty)
    stale = [name for name, page in made.items() if not _says(folder / name, page)]
    picture = folder / "schema.svg"
    drawn = picture.is_file() and pictures.mark(dot) in picture.read_text()
    return stale if drawn else [*stale, "schema.svg"]


def _says(path: Path, page: str) -> bool:
    return path.is_file() and path.read_text() == page
