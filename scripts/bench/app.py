"""How quick the app is: first paint, a change of a filter, ten people at once.

    CRESCENDO_DB=full.duckdb python scripts/bench/app.py --people 10

A server as `crescendo app` starts it, and a browser. First paint: from the request to the first tile of figures, of the
movers and of a song, in a new session. A change: from the click in the list of windows to the new figures, of windows
that nobody asked for before. Ten people: as many sessions at once, each with another song. The load of the machine is
said, because it decides; so is the processor time of the server.
"""

import argparse
import contextlib
import os
import shutil
import socket
import statistics
import subprocess
import sys
import time
import urllib.request

import psutil
from crescendo.warehouse import connect
from playwright.sync_api import Browser, sync_playwright

READY = "[data-testid=stApp][data-test-connection-state=CONNECTED][data-test-script-state=notRunning]"
CHANGED = "said => document.querySelector('.tiles')?.innerText !== said"
WINDOWS = ("last 7 days", "last 3 months", "month to date", "last month")
SONGS = """
    select distinct s.subject_id from metrics.dim_series as s inner join metrics.dim_metrics as m using (metric_id)
    where s.subject_id like 'song:%' and m.metric = 'streams' order by 1 limit ?
"""


def start() -> tuple[subprocess.Popen, str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "crescendo.cli", "app", "--port", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    for _attempt in range(600):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=5).read()
            return server, f"http://127.0.0.1:{port}"
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the app does not start")


def cpu(process: psutil.Process) -> float:
    """Processor seconds of a process and of those that it started and that are still there."""
    spent = 0.0
    for one in [process, *process.children(recursive=True)]:
        with contextlib.suppress(psutil.Error):
            spent += sum(one.cpu_times()[:2])
    return spent


def spend(browser: Browser, server: psutil.Process, address: str) -> None:
    """Say the processor seconds of three visits: a new browser, its second one, and another page without leaving."""
    context = browser.new_context()
    for said, turn in (("a new browser", 0), ("the same browser again", 1), ("another view, same page", 2)):
        page = context.new_page() if turn < 2 else page  # noqa: F821 of the turn before
        of_server = cpu(server)
        of_browser = cpu(psutil.Process()) - of_server
        page.goto(address)
        page.wait_for_selector(".tile .figure", timeout=120_000)
        page.wait_for_selector(READY)
        page.wait_for_timeout(1000)  # charts draw themselves
        now = cpu(server)
        both = f"{now - of_server:.2f} of the server, {cpu(psutil.Process()) - now - of_browser:.2f} of the browser"
        print(f"processor seconds, {said}: {both}")
    context.close()


def paint(browser: Browser, address: str) -> float:
    """Seconds from the request to the figures, in a session of its own."""
    page = browser.new_page()
    began = time.monotonic()
    page.goto(address)
    page.wait_for_selector(".tile .figure", timeout=120_000)
    took = time.monotonic() - began
    page.close()
    return took


def change(browser: Browser, address: str) -> list[float]:
    """Seconds from the choice of each window to its figures."""
    page = browser.new_page()
    page.goto(address)
    page.wait_for_selector("table#growth", timeout=120_000)
    page.wait_for_selector(READY)
    took = []
    for window in WINDOWS:
        before = page.inner_text(".tiles")
        page.get_by_role("combobox", name="Window").click()
        began = time.monotonic()
        page.get_by_role("option", name=window, exact=True).click()
        page.wait_for_function(CHANGED, arg=before, timeout=120_000)
        took.append(time.monotonic() - began)
        page.wait_for_selector(READY)
    page.close()
    return took


def together(browser: Browser, addresses: list[str]) -> list[float]:
    """Seconds until each of several people, who all ask at once, has the figures."""
    pages = [browser.new_page() for _address in addresses]
    began = time.monotonic()
    for page, address in zip(pages, addresses, strict=True):
        page.goto(address, wait_until="commit")
    took = []
    for page in pages:
        page.wait_for_selector(".tile .figure", timeout=300_000)
        took.append(time.monotonic() - began)
        page.close()
    return took


def said(name: str, seconds: list[float]) -> None:
    print(f"{name}: median {statistics.median(seconds):.2f} s, most {max(seconds):.2f} s, of {len(seconds)}")


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--people", type=int, default=10)
    people = words.parse_args().people
    with connect(read_only=True) as connection:
        songs = [row[0] for row in connection.execute(SONGS, [people + 4]).fetchall()]
        [(count,)] = connection.execute("select count(*) from metrics.fct_observations").fetchall()
    print(f"{count:,} observations; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    server, base = start()
    own = psutil.Process(server.pid)
    try:
        with sync_playwright() as played:
            browser = played.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
            first = paint(browser, f"{base}/audience?lang=en")
            print(f"first paint of a server just started: {first:.2f} s")
            spend(browser, own, f"{base}/audience?lang=en")
            said("first paint, movers, again", [paint(browser, f"{base}/audience?lang=en") for _turn in range(4)])
            urls = [f"{base}/audience?lang=en&subject={song}&metric=spotify:streams" for song in songs]
            said("first paint, a song nobody looked at", [paint(browser, url) for url in urls[:3]])
            said("change of the window", change(browser, urls[3]))
            before = sum(own.cpu_times()[:2])
            said(f"{people} people at once", together(browser, urls[4 : 4 + people]))
            print(f"processor of the server for each of them: {(sum(own.cpu_times()[:2]) - before) / people:.2f} s")
            browser.close()
    finally:
        server.terminate()
        server.wait(20)
    print(f"load at the end {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
