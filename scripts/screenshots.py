"""Write docs/app/*.png: each page of the app, of the warehouse that CRESCENDO_DB names or of crescendo.duckdb.

    .venv/bin/python scripts/screenshots.py

It needs Playwright and a chromium of the system. The pictures have 64 colours at most, so that each is below 150 kB.
"""

import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

FOLDER = Path(__file__).parents[1] / "docs" / "app"
READY = "[data-testid=stApp][data-test-connection-state=CONNECTED][data-test-script-state=notRunning]"
FIND = "select subject_id from metrics.dim_subjects where name = 'Über Postcard in Castelune' and subject_type = 'song'"
# name, width and height of the screen, address
SHOTS = (
    ("audience", 1280, 900, "audience?lang=en&subject={subject}"),
    ("movers", 1280, 900, "audience?lang=en"),
    ("films", 1280, 900, "films?lang=en"),
    ("leads", 1280, 900, "leads?lang=en"),
    ("evidence", 1280, 900, "leads?lang=en"),
    ("listening", 1280, 900, "listening?lang=en"),
    ("pipeline", 1280, 900, "pipeline?lang=en"),
    ("query", 1280, 900, "query?lang=en"),
    ("audience-narrow", 360, 800, "audience?lang=fr&subject={subject}"),
)


def main() -> None:
    """Serve the app, and take each picture."""
    from crescendo.warehouse import connect

    with connect(read_only=True) as connection:
        found = connection.execute(FIND).fetchone()
    subject = found[0] if found else ""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen([sys.executable, "-m", "crescendo.cli", "app", "--port", str(port)])  # noqa: S603
    try:
        _wait(f"http://127.0.0.1:{port}/_stcore/health")
        with sync_playwright() as played:
            browser = played.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
            for name, width, height, address in SHOTS:
                page = browser.new_page(viewport={"width": width, "height": height})
                page.goto(f"http://127.0.0.1:{port}/{address.format(subject=subject)}")
                _take(page, FOLDER / f"{name}.png", is_open=name == "evidence")
                page.close()
            browser.close()
    finally:
        server.terminate()
        server.wait(20)


def _wait(address: str) -> None:
    for _attempt in range(600):
        try:
            urllib.request.urlopen(address, timeout=5).read()  # noqa: S310 our own server
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the app does not start")


def _take(page: Page, path: Path, *, is_open: bool) -> None:
    """A picture of the page; of its first panel of evidence, if that is to be open."""
    from PIL import Image

    page.wait_for_selector("h1", timeout=60_000)
    page.wait_for_selector(READY, timeout=60_000)
    if is_open:
        page.locator("[data-testid=stExpander] summary").first.click()
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(1500)  # the charts draw themselves
    path.parent.mkdir(exist_ok=True)
    page.screenshot(path=path)
    with Image.open(path) as picture:
        picture.convert("RGB").quantize(64, dither=Image.Dither.NONE).save(path, optimize=True)
    sys.stderr.write(f"{path.name}: {path.stat().st_size // 1000} kB\n")


if __name__ == "__main__":
    main()
