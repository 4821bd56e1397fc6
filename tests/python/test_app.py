"""The app in a browser: its pages in both languages at two widths, their numbers against SQL, and who reads them."""

import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest
from conftest import project_in

CHROMIUM = shutil.which("chromium")
pytestmark = pytest.mark.skipif(not CHROMIUM, reason="no chromium: .ci/run installs it")
READY = "[data-testid=stApp][data-test-connection-state=CONNECTED][data-test-script-state=notRunning]"
# Streamlit's page asks for these two beside each address before it asks for them at the root
PROBED = re.compile(r"/\w+/_stcore/(health|host-config)$")
WIDTHS = (360, 1920)


class Server:
    """The app on a port of its own."""

    def __init__(self, folder, warehouse):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        environment = project_in(folder) | {"CRESCENDO_DB": str(warehouse)}
        command = [sys.executable, "-m", "crescendo.cli", "app", "--port", str(self.port)]
        self.log = (folder / "app.log").open("w")
        self.process = subprocess.Popen(command, cwd=folder, env=environment, stdout=self.log, stderr=self.log)
        self.base = f"http://127.0.0.1:{self.port}"
        for _attempt in range(300):
            try:
                urllib.request.urlopen(f"{self.base}/_stcore/health", timeout=5).read()
                return
            except OSError:
                time.sleep(0.1)
        raise AssertionError("the app does not start")

    def stop(self):
        self.process.terminate()
        self.process.wait(20)
        self.log.close()


@pytest.fixture(scope="module")
def warehouse(built, tmp_path_factory):
    """A copy of the built sample, which tests may swap."""
    return Path(shutil.copy(built / "crescendo.duckdb", tmp_path_factory.mktemp("app") / "crescendo.duckdb"))


@pytest.fixture(scope="module")
def server(warehouse, tmp_path_factory):
    started = Server(tmp_path_factory.mktemp("server"), warehouse)
    yield started
    started.stop()


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as played:
        opened = played.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-background-networking"]
        )
        yield opened
        opened.close()


class Page:
    """A page of the app, with all that went wrong on it."""

    def __init__(self, browser, server, width=1280):
        self.server, self.wrong = server, []
        self.page = browser.new_page(viewport={"width": width, "height": 900}, locale="en-GB")
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on("request", self._asked)

    def _heard(self, message):
        if message.type == "error" and not PROBED.search(message.location["url"].split("?")[0]):
            self.wrong.append(message.text)

    def _asked(self, request):
        if not request.url.startswith((self.server.base, "data:", "blob:", self.server.base.replace("http", "ws"))):
            self.wrong.append(f"a request to {request.url}")

    def open(self, address):
        self.page.goto(f"{self.server.base}/{address}")
        return self.ready()

    def ready(self):
        # before its first run a page says that nothing runs, too
        self.page.wait_for_selector("h1", timeout=60_000)
        self.page.wait_for_selector(READY, timeout=60_000)
        assert not self.page.query_selector("[data-testid=stException]"), self.text()
        return self

    def text(self):
        return self.page.inner_text("[data-testid=stMain]")

    def cells(self, table):
        rows = self.page.query_selector_all(f"table#{table} tbody tr")
        return [[cell.inner_text() for cell in row.query_selector_all("td")] for row in rows]

    def figures(self):
        """What each tile says: its words and its figure."""
        tiles = self.page.query_selector_all(".tile")
        return {t.query_selector(".what").inner_text(): t.query_selector(".figure").inner_text() for t in tiles}


@pytest.fixture
def page(browser, server):
    opened = Page(browser, server)
    yield opened
    opened.page.close()
    assert opened.wrong == []


def number(said):
    """A figure as the page writes it."""
    return float(re.sub(r"[^\d.+-]", "", said.replace(",", "")))


def rows(warehouse, sql, *values):
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return connection.execute(sql, list(values)).fetchall()


def window(warehouse, platform="spotify", days=28):
    [(end,)] = rows(
        warehouse, "select complete_through_date from metrics.platform_completeness where platform = ?", platform
    )
    return end - timedelta(days), end


SONG = "Über Postcard in Castelune"


@pytest.fixture(scope="module")
def song(warehouse):
    [(found,)] = rows(warehouse, "select subject_id from metrics.dim_subjects where name = ? limit 1", SONG)
    return found


ADDRESSES = {
    "audience": ("audience", "Audience", "Audience"),
}


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("place", ADDRESSES)
def test_each_page_speaks_both_languages_and_fits_the_screen(browser, server, place, width):
    address, *titles = ADDRESSES[place]
    opened = Page(browser, server, width)
    for lang, title in zip(("en", "fr"), titles, strict=True):
        opened.open(f"{address}?lang={lang}")
        assert opened.page.inner_text("h1") == title
        size = opened.page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
        assert size[0] <= size[1], "the page is wider than the screen"
    opened.page.close()
    assert opened.wrong == []


def test_numbers_on_the_page_are_those_of_sql(page, warehouse, song):
    start, end = window(warehouse)
    page.open(f"audience?subject={song}&metric=spotify:streams")
    sql = "from metrics.song_growth(?, ?) select start_value, end_value, growth, growth_pct, period_change_pct"
    [expected] = rows(
        warehouse, f"{sql} where subject = ? and metric = 'streams' and platform = 'spotify'", start, end, song
    )
    [shown] = page.cells("growth")
    assert shown[0] == SONG
    assert [number(cell) for cell in shown[1:4]] == list(expected[:3])
    assert [number(cell) for cell in shown[4:6]] == [round(value, 1) for value in expected[3:]]
    figures = page.figures()
    assert number(figures["growth"]) == expected[2]
    assert number(figures["growth %"].replace("%", "")) == round(expected[3], 1)


def test_movers_and_averages_are_those_of_sql(page, warehouse):
    start, end = window(warehouse)
    page.open("")
    asked = "metric = 'streams' and platform = 'spotify'"
    expected = rows(
        warehouse,
        f"from metrics.song_growth(?, ?) select growth where {asked} order by growth desc nulls last limit 10",
        start, end,
    )  # fmt: skip
    assert [number(row[2]) for row in page.cells("movers")] == [growth for (growth,) in expected]
    [total] = rows(warehouse, f"from metrics.platform_growth(?, ?) select growth where {asked}", start, end)
    assert number(page.figures()["Spotify, growth"]) == total[0]
    [usual] = rows(
        warehouse, f"from metrics.platform_averages(?, ?) select average_per_observed_day where {asked}", start, end
    )
    assert number(page.cells("averages")[0][1]) == round(usual[0])


def test_a_subject_is_found_as_one_types_and_stands_in_the_address(page, warehouse, song):
    page.open("audience?lang=en")
    box = page.page.get_by_role("combobox", name="Find a song")
    box.press_sequentially("uber postcrad")
    page.page.get_by_role("option").first.wait_for(timeout=20_000)
    box.press("Enter")
    page.page.wait_for_selector("table#growth", timeout=20_000)
    page.ready()
    assert f"subject={song.replace(':', '%3A')}" in page.page.url
    before = page.cells("growth")
    assert before[0][0] == SONG
    page.open(page.page.url.removeprefix(f"{page.server.base}/"))
    assert page.cells("growth") == before


def test_a_window_of_the_address_is_that_of_the_page(page, warehouse, song):
    page.open(f"audience?subject={song}&window=2025-04")
    [shown] = page.cells("growth")
    sql = "from metrics.song_growth('2025-03-31', '2025-04-30') select growth where subject = ? and metric = 'streams'"
    assert number(shown[3]) == rows(warehouse, sql, song)[0][0]
    assert "1 Apr 2025 to 30 Apr 2025" in page.text()


def test_a_group_is_taken_apart(page, warehouse):
    start, end = window(warehouse)
    sql = (
        "from metrics.artist_growth(?, ?) select subject, growth, new_value, lost_value, restated_change, total_change"
    )
    wanted = "metric = 'streams' and platform = 'spotify' and new_count > 0 and same_count > 0"
    found = rows(warehouse, f"{sql} where {wanted} order by growth desc limit 1", start, end)
    found = found or rows(
        warehouse, f"{sql} where metric = 'streams' order by growth desc nulls last limit 1", start, end
    )
    [(artist, same, new, lost, restated, total)] = found
    page.open(f"audience?subject={artist}&metric=spotify:streams")
    said = re.search(r"Same (\S+) \+ new (\S+) - lost (\S+) \+ restated (\S+) = (\S+) streams", page.text())
    assert [number(part) for part in said.groups()] == [same, new or 0, lost or 0, restated or 0, total]


def test_downloads_open(page, song, tmp_path):
    page.open(f"audience?subject={song}")
    kinds = {"PNG": b"\x89PNG", "SVG": b"<svg", "CSV": b"\xef\xbb\xbf", "Parquet": b"PAR1"}
    for label, begins in kinds.items():
        with page.page.expect_download() as waiting:
            page.page.get_by_role("button", name=label).first.click()
        path = tmp_path / waiting.value.suggested_filename
        waiting.value.save_as(path)
        assert path.read_bytes().startswith(begins), label
    assert duckdb.sql(f"select count(*) from '{tmp_path / 'growth.parquet'}'").fetchall() == [(1,)]


def test_an_app_that_is_open_while_builds_swap_the_file_never_shows_an_error(page, warehouse, song, tmp_path):
    page.open(f"audience?subject={song}")
    before = page.cells("growth")
    seen = set()
    for turn in range(20):
        copy = warehouse.with_name("next.duckdb")
        shutil.copy(warehouse, copy)
        with duckdb.connect(str(copy)) as connection:
            connection.execute("update metrics.dim_subjects set name = ? where subject_id = ?", [f"Build {turn}", song])
        copy.replace(warehouse)
        page.page.get_by_role("radio", name="Français" if turn % 2 == 0 else "English").click()
        page.page.get_by_text(f"Build {turn} ✕").wait_for(timeout=30_000)
        page.ready()
        seen.add(page.page.get_by_text(f"Build {turn} ✕").inner_text())
    assert len(seen) == 20
    assert [number(cell) for cell in page.cells("growth")[0][1:4]] == [number(cell) for cell in before[0][1:4]]
