"""The declared sources, by name: every package here, with its `SOURCE` in `shapes`."""

import importlib
from pathlib import Path

from crescendo.errors import CrescendoError
from crescendo.shapes import Source


def all_sources() -> dict[str, Source]:
    """Every declared source, sorted by name. Raises CrescendoError for a declaration that cannot be read."""
    folders = sorted(path.parent for place in __path__ for path in Path(place).glob("*/shapes.py"))
    return {folder.name: _declared(folder) for folder in folders}


def _declared(folder: Path) -> Source:
    """The source that a folder declares: `SOURCE` in its `shapes.py`, of the folder's name."""
    shapes = f"scripts/crescendo/sources/{folder.name}/shapes.py"
    if not (folder / "__init__.py").is_file():
        raise CrescendoError(f"{shapes} is in no package: add an empty __init__.py beside it")
    source = getattr(importlib.import_module(f"{__name__}.{folder.name}.shapes"), "SOURCE", None)
    if not isinstance(source, Source):
        raise CrescendoError(f'{shapes} declares no source: end it with SOURCE = Source("{folder.name}", ...)')
    if source.name != folder.name:
        raise CrescendoError(f"{shapes} declares the source {source.name!r}: give it the folder's name {folder.name!r}")
    return source
