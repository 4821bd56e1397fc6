"""Start the app: Streamlit on loopback, with nothing that speaks to another host."""

import os
import sys
from pathlib import Path

from crescendo.app.look import ACCENT, HAIRLINE, INK, PAPER

SCRIPT = Path(__file__).with_name("script.py")
OPTIONS = {
    "server.address": "127.0.0.1",
    "server.headless": "true",
    "server.fileWatcherType": "none",
    "server.maxUploadSize": "1",
    "browser.gatherUsageStats": "false",
    "client.toolbarMode": "minimal",
    "client.showErrorDetails": "none",
    "client.showSidebarNavigation": "false",
    "logger.level": "error",
    "theme.base": "light",
    "theme.primaryColor": ACCENT,
    "theme.textColor": INK,
    "theme.backgroundColor": PAPER,
    "theme.secondaryBackgroundColor": "#F1EEE6",
    "theme.borderColor": HAIRLINE,
    "theme.baseRadius": "6px",
}


def command(port: int) -> list[str]:
    """The command that serves the app on a port of this machine."""
    options = [f"--{name}={value}" for name, value in OPTIONS.items()]
    return [sys.executable, "-m", "streamlit", "run", str(SCRIPT), f"--server.port={port}", *options]


def serve(port: int) -> None:
    """Become the server of the app. Does not return."""
    os.environ["STREAMLIT_BROWSER_GATHER_USAGE_STATS"] = "false"
    words = command(port)
    os.execv(words[0], words)  # noqa: S606 our own interpreter, with words of our own
