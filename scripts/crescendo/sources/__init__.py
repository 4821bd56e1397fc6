"""The declared sources, by name: every package here, with its `SOURCE` in `shapes`."""

import importlib
import pkgutil

from crescendo.shapes import Source


def all_sources() -> dict[str, Source]:
    """Every declared source, sorted by name."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__) if module.ispkg)
    found = (importlib.import_module(f"{__name__}.{name}.shapes").SOURCE for name in names)
    return {source.name: source for source in found}
