"""Crescendo: how fast is this audience growing?

For a notebook: `crescendo.growth(last="28d", by="artist")` and `crescendo.averages(...)` return pandas frames,
`crescendo.chart(...)` an Altair chart.
What cannot be understood raises `crescendo.CrescendoError` with what to type.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crescendo.ask.notebook import averages, chart, growth
    from crescendo.errors import CrescendoError

__all__ = ["CrescendoError", "averages", "chart", "growth"]


def __getattr__(name: str) -> object:
    """Import on first use, so that a verb that needs no pandas does not pay for it."""
    if name in __all__:
        import importlib

        module = "crescendo.errors" if name == "CrescendoError" else "crescendo.ask.notebook"
        return getattr(importlib.import_module(module), name)
    raise AttributeError(f"module 'crescendo' has no attribute {name!r}")
