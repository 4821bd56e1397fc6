"""The app in a browser: its pages in both languages at two widths, their numbers against SQL, and who reads them."""

import csv
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest
from conftest import ROOT, project_in
from crescendo.app import query, spans
from crescendo.app.query import run
from crescendo.ask import texts
from crescendo.ask.shown import readable
from crescendo.errors import CrescendoError
from crescendo.warehouse import reader, shared

CHROMIUM = shutil.which("chromium")
pytestmark = pytest.mark.skipif(not CHROMIUM, reason="no chromium: .ci/run installs it")
READY = "[data-testid=stApp][data-test-connection-state=CONNECTED][data-test-script-state=notRunning]"
# Streamlit's page asks for these two beside each address before it asks for them at the root
PROBED = re.compile(r"/\w+/_stcore/(health|host-config)$")
FILLED = """() => {
    const own = [...document.querySelectorAll('[data-testid=stMain] [data-testid=stHtml]')];
    return own.length > 0 && own.every(e => e.childElementCount) && !document.querySelector('[data-testid=stSkeleton]');
}"""
# nothing moves: what opens is open at once, and is not drawn sixty times on its way there
STILL = """
const animate = Element.prototype.animate;
Element.prototype.animate = function (frames, how) { return animate.call(this, frames, {...how, duration: 0}); };
addEventListener('DOMContentLoaded', () => document.head.insertAdjacentHTML('beforeend',
    '<style>*, ::before, ::after { animation: none !important; transition: none !important; }</style>'));
"""
# all of a table in one question to the browser
CELLS = "rows => rows.map(row => [...row.querySelectorAll('td')].map(cell => cell.innerText))"
TILES = "tiles => tiles.map(tile => ['.what', '.figure'].map(part => tile.querySelector(part).innerText))"
WIDTHS = (360, 1920)
SWAPS = int(os.environ.get("CRESCENDO_SWAPS", "6"))


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

    def __init__(self, browser, server):
        self.server, self.wrong, self.alerts = server, [], []
        self.page = browser.new_page(viewport={"width": 1280, "height": 900}, locale="en-GB")
        self.page.add_init_script(STILL)
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on("request", self._asked)
        self.page.on("dialog", lambda dialog: (self.alerts.append(dialog.message), dialog.dismiss()))

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
        # what draws our own blocks is loaded with the first of them
        self.page.wait_for_function(FILLED, timeout=60_000)
        assert not self.page.query_selector("[data-testid=stException]"), self.text()
        return self

    def unfold(self):
        """Open every panel of evidence; how many there are."""
        folded = self.page.locator("[data-testid=stExpander] summary")
        for number in range(folded.count()):
            folded.nth(number).click()
            self.page.wait_for_selector(READY, timeout=60_000)
        self.ready()
        return folded.count()

    def text(self):
        return self.page.inner_text("[data-testid=stMain]")

    def cells(self, table):
        return self.rows(f"table#{table}")

    def rows(self, tables):
        """The cells of each row of the tables that are selected."""
        return self.page.eval_on_selector_all(f"{tables} tbody tr", CELLS)

    def figures(self):
        """What each tile says: its words and its figure."""
        return dict(self.page.eval_on_selector_all(".tile", TILES))


@pytest.fixture(scope="module")
def window_of_browser(browser, server):
    """One page for all tests: the code of the pages is read once. Each address that it opens is a new session."""
    return Page(browser, server)


@pytest.fixture
def page(window_of_browser):
    window_of_browser.page.set_viewport_size({"width": 1280, "height": 900})
    window_of_browser.wrong.clear()
    yield window_of_browser
    assert window_of_browser.wrong == []


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
    [(found,)] = rows(
        warehouse, "select subject_id from metrics.dim_subjects where name = ? and subject_type = 'song'", SONG
    )
    return found


ADDRESSES = {
    "audience": ("audience", "Audience", "Audience"),
    "films": ("films", "Films", "Films"),
    "leads": ("leads", "Leads", "Leads"),
    "listening": ("listening", "Listening", "Écoutes"),
    "pipeline": ("pipeline", "Pipeline", "Pipeline"),
    "query": ("query", "Query", "Requête"),
}


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("place", ADDRESSES)
def test_each_page_speaks_both_languages_and_fits_the_screen(page, place, width):
    address, *titles = ADDRESSES[place]
    page.page.set_viewport_size({"width": width, "height": 900})
    for lang, title in zip(("en", "fr"), titles, strict=True):
        page.open(f"{address}?lang={lang}")
        assert page.page.inner_text("h1") == title
        size = page.page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
        assert size[0] <= size[1], "the page is wider than the screen"
        assert "a fault of ours" not in page.text() and "par notre faute" not in page.text()
        assert page.page.query_selector_all("table.rows tbody tr")


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


def test_films_are_those_of_sql(page, warehouse):
    page.open("films?order=vote_count")
    sql = (
        "select title, vote_count from films.vw_movie_latest where is_latest order by vote_count desc nulls last, title"
    )
    expected = rows(warehouse, f"{sql} limit 12")
    assert [(row[0], number(row[5])) for row in page.cells("films")] == expected
    [(count, votes)] = rows(warehouse, "select count(*), sum(vote_count) from films.vw_movie_latest where is_latest")
    figures = page.figures()
    assert (number(figures["films"]), number(figures["votes"])) == (count, votes)
    genre = rows(warehouse, "select genre_name, movie_count from films.vw_genre_popularity")
    assert {(row[0], number(row[1])) for row in page.cells("genres")} == set(genre)


def test_leads_are_those_of_sql_and_their_shares_sum_to_100(page, warehouse):
    page.open("leads?period=month:2025-04")
    sql = "select channel, validated_count from leads.media_mix where period_type = 'month' and period_name = '2025-04'"
    expected = rows(warehouse, f"{sql} order by channel_rank, channel")
    assert [(row[0], number(row[1])) for row in page.cells("mix")] == expected
    said = re.search(r"Shares of (\S+) validated leads; they sum to (\S+) %", page.text())
    assert [number(one) for one in said.groups()] == [sum(count for _channel, count in expected), 100]
    [(last,)] = rows(
        warehouse,
        """
        select validated_count from leads.leads_weekly_totals where not is_partial_week order by week_date desc limit 1
    """,
    )
    assert number(page.figures()["validated leads"].replace("leads", "")) == last


def test_listens_and_runs_are_those_of_sql(page, warehouse):
    page.open("listening")
    [(listens, users)] = rows(warehouse, "select count(*), count(distinct user_key) from listening.fct_listens")
    figures = page.figures()
    assert (number(figures["listens"]), number(figures["listeners"])) == (listens, users)
    tracks = rows(warehouse, "select listen_count from listening.track_features order by 1 desc limit 12")
    assert [(number(row[2]),) for row in page.cells("tracks")] == tracks
    page.open("pipeline")
    [(found,)] = rows(warehouse, "select sum(finding_count) from quality.fct_findings")
    assert number(page.figures()["findings"].replace("rows", "")) == found
    loaded = rows(
        warehouse, "select sum(records_loaded) from load_audit.files where is_current group by source, document"
    )
    shown = sorted(number(row[4]) for row in page.cells("files"))
    assert set(shown) <= {float(count or 0) for (count,) in loaded}


# page: panel -> the table of the page, its columns, and the same figures from the rows that the panel leads to
PARTS = "count(distinct movie_id), sum(weighted_vote_count) from rows group by 1"
LED_TO = {
    "films": {
        "Genre": ("genres", (0, 1, 4), f"genre_name, {PARTS}"),
        "Continent": ("continents", (0, 1, 4), f"continent, {PARTS}"),
        "Country": ("countries", (0, 1, 4), f"country_name, {PARTS}"),
        "Persons": ("persons", (0, 1), "person_name, count(distinct movie_id) from rows group by 1"),
    },
    "leads?period=month:2025-04": {
        "Media mix": ("mix", (0, 1, 3, 4), "channel, count_if(is_validated), count(*),"
                      " count_if(is_received and is_won) from rows group by 1 union all select 'Direct', 0, 0, 0"),
    },
    "listening": {
        "Tracks": ("tracks", (0, 2, 3), "min(track_name), count(*), count(distinct user_key) from rows"
                   " group by track_key"),
        "Listeners": ("listeners", (0, 1, 2), "user_key, count(*), count(distinct track_key) from rows group by 1"),
    },
    "pipeline": {
        "Quality": ("findings", (0, 1), "finding_kind, sum(finding_count) from rows group by 1"),
        "Freshness": ("freshness", (0, 3), "platform, count(*) from rows group by 1"),
        "Files": ("files", (1, 2, 3, 4), "document, count(*), sum(records_in), sum(records_loaded) from rows"
                  " group by source, 1"),
    },
}  # fmt: skip
# panel -> the column with the day of its rows
DATED = {"Genre": "snapshot_date", "Media mix": "created_at", "Tracks": "listened_at", "Listeners": "listened_at"}
PANELS = {"audience": 1, "films": 7, "leads": 6, "listening": 4, "pipeline": 6}


@pytest.mark.parametrize("place", LED_TO)
def test_figures_lead_to_the_rows_they_came_from_and_to_their_definitions(page, warehouse, place):
    page.open(f"{place}{'&' if '?' in place else '?'}lang=en")
    assert page.unfold() >= PANELS[place.partition("?")[0]]
    for title, (table, columns, figures) in LED_TO[place].items():
        panel = page.page.locator("[data-testid=stExpander]").filter(has_text=f"Evidence: {title}")
        address = panel.get_by_role("link", name="See these rows").get_attribute("href")
        [sql] = urllib.parse.parse_qs(urllib.parse.urlsplit(address).query)["sql"]
        counted = rows(warehouse, f"with rows as ({sql}) select {figures}")
        known = {(name, *(readable("", figure) for figure in found)) for name, *found in counted}
        assert page.cells(table)
        for row in page.cells(table):
            assert tuple(row[column] for column in columns) in known, title
        if title in DATED:
            [(newest,)] = rows(warehouse, f"select max({DATED[title]})::date from ({sql})")
            assert f"Newest of them: {spans.day(newest)}," in panel.inner_text()
    defined = page.rows("table.rows[id$=-definitions]")
    assert defined
    comments = dict(rows(warehouse, "select concat_ws('.', schema_name, table_name, column_name), comment from"
                                    " duckdb_columns() where comment is not null"))  # fmt: skip
    for _figure, said, column in defined:
        assert said == " ".join(comments[column].split())


def test_the_link_below_the_rows_opens_them_on_the_page_of_sql(page, warehouse):
    page.open("leads?period=month:2025-04&lang=en")
    page.page.get_by_text("Evidence: Media mix").click()
    page.page.get_by_role("link", name="See these rows").click()
    page.page.wait_for_selector("table#answer", timeout=30_000)
    page.ready()
    sql = "select lead_id from leads.fct_leads where is_received and created_date between '2025-04-01' and '2025-04-30'"
    newest = rows(warehouse, f"{sql} order by created_at desc nulls last, lead_id limit 25")
    assert [row[0] for row in page.cells("answer")] == [lead for (lead,) in newest]


# of the commonest words of English, those that no French sentence has
ENGLISH = re.compile(
    r"\b(the|of|and|with|is|are|was|were|not|each|that|which|by|from|this|these|its|than|has|have|if|but|there|to)\b"
)
# a page's texts; names, codes and texts of sources are marked as not to be translated
SAID = """() => {
    const found = [], own = document.querySelector('[data-testid=stApp]');
    const walk = (node) => {
        if (node.nodeType === 3) { found.push(node.textContent); return; }
        if (node.tagName === 'svg') {  // the rest of a chart is names and figures
            const titles = location.pathname === '/query' ? [] : node.querySelectorAll('.role-axis-title text');
            found.push(node.getAttribute('aria-label') ?? '', ...[...titles].map(title => title.textContent));
            return;
        }
        if (node.getAttribute?.('translate') === 'no' || ['STYLE', 'SCRIPT', 'TEXTAREA'].includes(node.tagName)) return;
        for (const name of ['aria-label', 'alt', 'placeholder']) {
            if (node.getAttribute?.(name)) found.push(node.getAttribute(name));
        }
        for (const child of [...node.childNodes, ...(node.shadowRoot?.childNodes ?? [])]) walk(child);
    };
    walk(own);
    return found.map(text => text.trim()).filter(text => text);
}"""
# what Streamlit itself says to a screen reader, and has no French for
STREAMLITS = re.compile(r"^(Skip to main content|App pages|Selected .*|(Show|Hide) .*|arrow_\w+|download|\w+_\w+)$")


def english_in(said):
    """Texts that are English: a sentence by its words, a word or heading by our own lists of translations."""
    lists = [texts.catalogue("fr"), *texts.data("fr")["columns"].values()]
    french = {text for listed in lists for text in listed.values()}
    english = {text for listed in lists for text in listed if len(text) > 2} - french
    plain = {text: re.sub(r"`[^`]*`|'[^']*'", "", text) for text in said if not STREAMLITS.match(text)}
    return [text for text, words in plain.items() if text in english or ENGLISH.search(words)]


# the lists of the project whose words a page shows
LISTS = {
    "country_continents": ("country_name", "continent"),
    "channels": ("channel_group",),
    "metric_catalog": ("metric", "unit"),
}


@pytest.mark.parametrize("seed", LISTS)
def test_each_word_of_a_list_has_its_french(seed):
    known = texts.data("fr")["columns"]
    with (ROOT / "seeds" / f"{seed}.csv").open(encoding="utf-8") as file:
        # what we measure of ourselves is not on these pages
        listed = [row for row in csv.DictReader(file) if row.get("platform") != "crescendo"]
    for column in LISTS[seed]:
        assert {row[column] for row in listed} - set(known[column]) == set()


@pytest.mark.parametrize("place", [*PANELS, "query", "subject"])
def test_a_french_page_says_nothing_in_english(page, song, place):
    page.open(f"audience?lang=fr&subject={song}" if place == "subject" else f"{place}?lang=fr")
    assert page.unfold() >= PANELS.get(place, 1)
    said = page.page.evaluate(SAID)
    assert len(said) > 20
    assert not english_in(said), english_in(said)


def test_the_query_page_answers_and_its_address_holds_the_statement(page, warehouse):
    page.open("query")
    box = page.page.get_by_role("textbox", name="SQL, to read only")
    box.fill("select platform, count(*) as series from metrics.dim_series join metrics.dim_metrics using (metric_id) "
             "group by 1 order by 2 desc, 1 limit 5")  # fmt: skip
    page.page.get_by_role("button", name="Run").click()
    page.page.wait_for_selector("table#answer th:has-text('series')", timeout=20_000)
    page.ready()
    expected = rows(
        warehouse,
        """
        select platform, count(*) from metrics.dim_series join metrics.dim_metrics using (metric_id)
        group by 1 order by 2 desc, 1 limit 5
    """,
    )
    assert [(row[0], number(row[1])) for row in page.cells("answer")] == expected
    page.open(page.page.url.removeprefix(f"{page.server.base}/"))
    assert [(row[0], number(row[1])) for row in page.cells("answer")] == expected


# tags, 500 letters, and what a link, a table or an attribute could be broken by
ODD = ["<script>alert(1)</script><img src=x onerror=alert(2)>", "Ü" * 500, "a'b\"c&d | e\\f"]


@pytest.mark.parametrize("name", ODD)
def test_an_odd_name_is_a_name(page, warehouse, song, name):
    copy = warehouse.with_name("odd.duckdb")
    shutil.copy(warehouse, copy)
    with duckdb.connect(str(copy)) as connection:
        connection.execute("update metrics.dim_subjects set name = ? where subject_id = ?", [name, song])
        connection.execute("update audience.dim_songs set title = ? where subject_id = ?", [name, song])
    kept = Path(shutil.copy(warehouse, warehouse.with_name("kept.duckdb")))
    copy.replace(warehouse)
    page.open(f"audience?subject={song}")
    assert name[:20] in page.text()
    page.open(f"query?sql=select name from metrics.dim_subjects where subject_id = '{song}'")
    assert name[:20] in page.cells("answer")[0][0]
    size = page.page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    kept.replace(warehouse)
    assert page.alerts == []
    assert size[0] <= size[1]


def test_an_address_that_is_wrong_says_what_is(page, song):
    page.open("audience?subject=song:none")
    assert "there is no subject song:none in this warehouse" in page.text()
    page.open(f"audience?subject={song}&metric=nowhere:nothing&window=yesterday&against=never")
    assert page.cells("growth"), "the usual metric and window take the place of unknown words"
    page.open(f"audience?subject={song}&window=days&from=2031-01-01&to=2031-02-01")
    assert "in the future" in page.text()
    page.open(f"audience?subject={song}&window=days&from=2001-01-01&to=2001-02-01")
    assert "the window ends before all data" in page.text()


def test_a_subject_without_data_says_so(page, warehouse):
    empty = """
        select subject_id from metrics.dim_subjects where subject_type = 'song' and subject_id not in
        (select subject from intermediate.int_series_grouped) limit 1
    """
    [(subject,)] = rows(warehouse, empty) or [("",)]
    if not subject:
        pytest.fail("the sample counts something of every song")
    page.open(f"audience?subject={subject}")
    assert "nothing was counted of" in page.text()


EMPTIED = (
    "metrics.fct_observations", "metrics.dim_series", "films.fct_movies_daily", "films.dim_movies", "leads.media_mix",
    "listening.fct_listens",
)  # fmt: skip
STATES = {
    "missing": "there is no warehouse at",
    "empty file": "is no DuckDB file, it is empty",
    "never built": "has no growth yet: run `crescendo build`",
    "older": "the warehouse was built by another version of the models",
    "no rows": "there are no observations yet",
}


def in_state(kind, warehouse, file):
    """Make a warehouse that is empty, never built, without a row, or of an older version; none if it is missing."""
    if kind == "empty file":
        file.write_bytes(b"")
    elif kind == "never built":
        duckdb.connect(str(file)).close()
    elif kind in ("older", "no rows"):
        shutil.copy(warehouse, file)
        with duckdb.connect(str(file)) as connection:
            if kind == "older":
                connection.execute("alter table metrics.dim_platforms rename column platform_name to called")
            for table in EMPTIED if kind == "no rows" else ():
                connection.execute(f"delete from {table}")


@pytest.mark.parametrize("kind", STATES)
def test_a_warehouse_that_cannot_answer_says_what_to_do(page, warehouse, kind):
    other = warehouse.with_name("other.duckdb")
    in_state(kind, warehouse, other)
    kept = Path(shutil.move(warehouse, warehouse.with_name("kept.duckdb")))
    try:
        if other.exists():
            other.replace(warehouse)
        page.open("audience?lang=en")
        assert STATES[kind] in page.text()
        for place in ("films", "leads", "listening", "pipeline", "query"):
            page.open(place)
            assert page.page.query_selector(".said-plainly, .note, table.rows"), place
            assert "a fault of ours" not in page.text(), place
    finally:
        kept.replace(warehouse)


REFUSED = {
    "copy (select 1) to '/tmp/x.csv'": "this page only reads: type a select, not copy",
    "attach '/tmp/y.duckdb'": "not attach",
    "install httpfs": "not load",
    "create temp table t as select 1": "not create",
    "set threads = 1": "not set",
    "select 1; select 2": "type one statement; this is 2",
    "from read_csv('/etc/passwd')": "file system operations are disabled",
    "select * from read_text('/etc/passwd')": "file system operations are disabled",
    "from glob('/etc/*')": "file system operations are disabled",
    "from '/etc/hosts'": "does not exist",
    "": "type one statement; this is 0",
    "select": "Parser Error",
}


@pytest.mark.parametrize("sql", REFUSED)
def test_the_query_page_only_reads_the_warehouse(built, sql):
    opened = shared(built / "crescendo.duckdb")
    with reader(opened) as connection, pytest.raises(CrescendoError, match=re.escape(REFUSED[sql])):
        run(connection, sql)


@pytest.mark.parametrize("sql", [sql for sql in REFUSED if sql.split(" ")[0] in ("copy", "attach", "install", "set")])
def test_the_connection_itself_refuses_what_would_write(built, sql):
    opened = shared(built / "crescendo.duckdb")
    with reader(opened) as connection, pytest.raises(duckdb.Error):
        connection.execute(sql)
    with reader(opened) as connection, pytest.raises(duckdb.Error, match="read-only"):
        connection.execute("delete from metrics.dim_platforms")


def test_a_statement_that_takes_too_long_is_stopped(built, monkeypatch):
    monkeypatch.setattr(query, "MOST_SECONDS", 0.3)
    began = time.monotonic()
    with (
        reader(shared(built / "crescendo.duckdb")) as connection,
        pytest.raises(CrescendoError, match="took more than"),
    ):
        run(connection, "select count(*) from range(1000000) as a, range(1000000) as b where a.range * b.range % 7 = 3")
    assert time.monotonic() - began < 10


def test_downloads_open(page, song, tmp_path):
    page.open(f"audience?subject={song}")
    kinds = {"PNG": b"\x89PNG", "SVG": b"<svg", "CSV": b"\xef\xbb\xbf", "Parquet": b"PAR1"}
    for label, begins in kinds.items():
        with page.page.expect_download() as waiting:
            page.page.get_by_role("button", name=label, exact=True).first.click()
        path = tmp_path / waiting.value.suggested_filename
        waiting.value.save_as(path)
        assert path.read_bytes().startswith(begins), label
    assert duckdb.sql(f"select count(*) from '{tmp_path / 'growth.parquet'}'").fetchall() == [(1,)]


FOCUSED = """() => {
    let at = document.activeElement;
    while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
    return `${at.getAttribute('aria-label') ?? ''} ${at.innerText ?? ''}`;
}"""


def tab_to(page, name, most=60):
    """Press the tabulator until what it reaches is called so."""
    for _press in range(most):
        page.page.keyboard.press("Tab")
        if name in page.page.evaluate(FOCUSED):
            return
    raise AssertionError(f"no tabulator leads to {name}")


def test_the_keyboard_alone_finds_a_song_changes_the_window_opens_the_evidence_and_downloads(page, warehouse, song):
    keys = page.open("audience?lang=en").page.keyboard
    tab_to(page, "Find a song")
    keys.type("uber postcrad", delay=20)
    page.page.get_by_role("option").first.wait_for(timeout=20_000)
    keys.press("Enter")
    page.page.wait_for_selector("table#growth", timeout=20_000)
    page.ready()
    tab_to(page, "Window")
    keys.type("last 7", delay=20)
    keys.press("Enter")
    page.page.wait_for_url("**window=7d**", timeout=20_000)
    page.ready()
    tab_to(page, "Evidence:")
    keys.press("Enter")
    page.page.wait_for_selector("table#evidence", timeout=20_000)
    start, end = window(warehouse, days=7)
    [(growth,)] = rows(warehouse, "select growth from metrics.song_growth(?, ?) where subject = ? and"
                       " metric = 'streams' and platform = 'spotify'", start, end, song)  # fmt: skip
    assert number(page.cells("growth")[0][3]) == growth
    tab_to(page, "Parquet")
    with page.page.expect_download() as waiting:
        keys.press("Enter")
    assert waiting.value.suggested_filename == "evidence.parquet"


@pytest.mark.parametrize("place", PANELS)
def test_each_chart_says_in_words_what_it_shows(page, place):
    page.open(f"{place}?lang=en")
    page.page.wait_for_selector("[data-testid=stVegaLiteChart] svg", timeout=20_000)
    charts = page.page.query_selector_all("[data-testid=stVegaLiteChart]")
    notes = [note.inner_text() for note in page.page.query_selector_all(".note")]
    for chart in charts:
        assert chart.get_attribute("role") in ("img", "graphics-document")
        said = chart.get_attribute("aria-label")
        assert len(said.split()) > 3 and said in notes
    assert len(charts) == len(page.page.get_by_role("button", name="SVG", exact=True).all())


def test_an_app_that_is_open_while_builds_swap_the_file_never_shows_an_error(page, warehouse, song):
    asked = f"audience?lang=en&subject={song}"
    before = page.open(asked).cells("growth")
    page.open(f"query?lang=en&sql=select name from metrics.dim_subjects where subject_id = '{song}'")
    for turn in range(SWAPS):
        copy = warehouse.with_name("next.duckdb")
        shutil.copy(warehouse, copy)
        with duckdb.connect(str(copy)) as connection:
            connection.execute("update metrics.dim_subjects set name = ? where subject_id = ?", [f"Build {turn}", song])
        copy.replace(warehouse)
        page.page.get_by_role("radio", name="Français" if turn % 2 == 0 else "English").click()
        page.page.get_by_role("cell", name=f"Build {turn}", exact=True).wait_for(timeout=30_000)
        page.ready()
    assert page.open(asked).cells("growth") == before
    assert page.page.get_by_text(f"Build {SWAPS - 1} ✕").is_visible()
