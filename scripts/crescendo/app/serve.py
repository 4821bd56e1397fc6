"""Start the app: Streamlit on loopback, with nothing that speaks to another host."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import duckdb

from crescendo.app.look import ACCENT, HAIRLINE, INK, PAPER
from crescendo.errors import CrescendoError
from crescendo.http.server import free

SCRIPT = Path(__file__).with_name("script.py")
OPTIONS: dict[str, Any] = {
    "server.address": "127.0.0.1",
    "server.headless": True,
    "server.fileWatcherType": "none",
    "server.maxUploadSize": 1,
    "browser.gatherUsageStats": False,
    "client.toolbarMode": "minimal",
    "client.showErrorDetails": "none",
    "client.showSidebarNavigation": False,
    "logger.level": "error",
    "theme.base": "light",
    "theme.primaryColor": ACCENT,
    "theme.textColor": INK,
    "theme.backgroundColor": PAPER,
    "theme.secondaryBackgroundColor": "#F1EEE6",
    "theme.borderColor": HAIRLINE,
    "theme.baseRadius": "6px",
}


def serve(port: int, ready: Callable[[int], None]) -> None:
    """Serve the app on a port of this machine until it is interrupted; `ready` is told the port once pages are quick.

    Port 0 takes a free one. Raises CrescendoError if the port is taken.
    """
    from streamlit.web import bootstrap

    port = free(port)
    _warm()
    options = {name.replace(".", "_"): value for name, value in (OPTIONS | {"server.port": port}).items()}
    bootstrap.load_config_options(options)
    ready(port)
    bootstrap.run(str(SCRIPT), False, [], options)


def _warm() -> None:
    """Import what pages need, so that the first reader does not wait for it."""
    import pandas  # noqa: F401 DuckDB imports it with the first value that is bound
    from altair.utils import schemapi

    from crescendo.app import draw, shell, subjects
    from crescendo.app.source import opened

    schemapi.disable_debug_mode()  # tests check each chart against Vega-Lite's schema; readers should not wait for it
    if not shell.PAGES or not draw.bars([{"name": "", "value": 1}], "", "").chart.to_dict():
        return
    with suppress(CrescendoError, duckdb.Error):  # each page says what is amiss
        subjects.counted(opened())
