"""Days of a pipeline against simulators: what tests of `crescendo daily`, of its DAG and its bench share."""

import itertools
import json
import os
import random
import resource
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from datetime import date, timedelta

from conftest import project_in
from crescendo.daily import record
from crescendo.http.server import Faults, served
from crescendo.sources.moovitamix import simulate as moovitamix
from crescendo.sources.tmdb import simulate as tmdb
from crescendo.sources.tmdb.world import Films

# the world of films ends on 2025-05-26, and days before it are its days
FIRST = date(2025, 4, 20)
FILMS = 20
FAULTS = frozenset(("429", "500", "502", "503", "cut"))
MOST_CALLS = 40
# dbt reads it as what to build by default
NARROW = """
selectors:
  - name: of_these_sources
    default: true
    definition:
      union:
        - {method: path, value: models/marts/films, parents: true, indirect_selection: empty}
        - {method: path, value: models/marts/listening, parents: true, indirect_selection: empty}
        - {method: path, value: models/marts/operations, parents: true, indirect_selection: empty}
        - {method: path, value: models/marts/quality, parents: true, indirect_selection: empty}
        - {method: path, value: models/metrics, parents: true, indirect_selection: empty}
        - {method: path, value: models/staging, indirect_selection: empty}
        - exclude: [{method: resource_type, value: test}]
"""


def applications(day, kinds=frozenset(), seed=7):
    """Both simulators as they are on a day."""
    rows, faults = moovitamix.universe("evolving", 7, day), [Faults(kinds, seed, rate=0.1) for _ in range(2)]
    return [
        moovitamix.application(lambda restarts: rows, faults[0]),
        tmdb.application(Films(7, FILMS), day, faults[1]),
    ]


@contextmanager
def serving(listeners, films):
    """Two applications on loopback; yields the variables that reach them."""
    with served(listeners) as listeners_url, served(films) as films_url:
        yield {
            "CRESCENDO_SOURCES": "moovitamix,tmdb",
            "CRESCENDO_MOOVITAMIX_URL": listeners_url,
            "CRESCENDO_TMDB_URL": films_url,
            "TMDB_TOKEN": tmdb.TOKEN,
            "CRESCENDO_PUBLISH": "published/crescendo.duckdb",
            "CRESCENDO_MASK_KEY": "the key of these tests",
        }


@contextmanager
def sources(day, kinds=frozenset(), seed=7):
    """Simulators of two sources as they are on a day; yields the variables that reach them."""
    with serving(*applications(day, kinds, seed)) as environment:
        yield environment


@contextmanager
def following(folder, days):
    """Simulators that go on to the next day as soon as a folder's record says that its check has begun."""
    now, is_over = applications(days[0]), threading.Event()

    def current(number):
        async def application(scope, receive, send):
            await now[number](scope, receive, send)

        return application

    def follow():
        for day in days:
            prepared = applications(day)
            while state(folder, day, "check") is None:
                if is_over.wait(0.01):
                    return
            now[:] = prepared  # the check of a day takes longer than this

    with serving(current(0), current(1)) as environment:
        follower = threading.Thread(target=follow)
        follower.start()
        try:
            yield environment
        finally:
            is_over.set()
            follower.join()


def backfill(folder, days):
    """Run `crescendo daily` over a range, while the simulators follow the day that it is at."""
    own = environment_of(folder)
    with following(folder, days) as environment:
        words = [sys.executable, "-m", "crescendo.cli", "daily", "--from", str(days[0]), "--to", str(days[-1])]
        done = subprocess.run(words, cwd=folder, env=own | environment, check=False)
    assert done.returncode == 0


def narrow(folder):
    """Let dbt leave out in a folder the tests of data, and the marts that these sources do not fill."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "selectors.yml").write_text(NARROW)


def environment_of(folder):
    """A project in a folder; the environment in which its commands run."""
    folder.mkdir(parents=True, exist_ok=True)
    return project_in(folder) | {"OMP_NUM_THREADS": "1"}


def command(day, *words):
    return [sys.executable, "-m", "crescendo.cli", "daily", "--date", str(day), *words]


def daily(folder, day, environment, *words):
    """Run `crescendo daily` of a day to its end."""
    return subprocess.run(
        command(day, *words), cwd=folder, env=environment_of(folder) | environment, capture_output=True, text=True,
        check=False,
    )  # fmt: skip


def kill_in(folder, day, environment, step, after, *words):
    """Run a day and kill it, with all it started, some seconds after a step began; whether it was still at work."""
    process = subprocess.Popen(
        command(day, *words), cwd=folder, env=environment_of(folder) | environment, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    while process.poll() is None and state(folder, day, step) != record.RUNNING:
        time.sleep(0.01)
    time.sleep(after)
    was_at_work = process.poll() is None
    if was_at_work:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    return was_at_work


def state(folder, day, step):
    """What the record of a day says of a step."""
    file = record.folder(folder / "crescendo.duckdb") / f"{day}.json"
    return json.loads(file.read_text())["steps"].get(step, {}).get("state") if file.exists() else None


def until_done(folder, day, environment, *words):
    """Call `crescendo daily` until the day is done; how often it took."""
    for count in itertools.count(1):
        done = daily(folder, day, environment, *words)
        if not done.returncode:
            return count
        assert count < MOST_CALLS and "stopped at" in done.stderr, done.stdout[-2000:] + done.stderr[-2000:]


def disturbed(folder, day, kills, draw):
    """A day with faults of the sources, killed in some steps: step -> seconds after its beginning, at most."""
    with sources(day, FAULTS, draw.randrange(1000)) as environment:
        for step, seconds in kills.items():
            for _ in range(MOST_CALLS):  # a fault may stop the day before it comes so far
                kill_in(folder, day, environment, step, draw.uniform(0, seconds))
                if state(folder, day, step):
                    break
        return until_done(folder, day, environment)


def undisturbed(folder, day):
    """A quiet day; the CPU seconds that it took."""
    before = _cpu()
    with sources(day) as environment:
        done = daily(folder, day, environment)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return _cpu() - before


def _cpu():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def dates(count):
    return [FIRST + timedelta(number) for number in range(count)]


def drawn(seed=7):
    return random.Random(seed)
