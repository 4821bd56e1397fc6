"""The declared sources, by name: every module here that has a `SOURCE`."""

import importlib
import pkgutil

from crescendo.shapes import Source


def all_sources() -> dict[str, Source]:
    """Every declared source, sorted by name."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    found = (importlib.import_module(f"{__name__}.{name}").SOURCE for name in names)
    return {source.name: source for source in found}
