"""A new domain, as the README's section of that name writes it, gets every answer with no other change."""

import json
import os
import re
import shutil
from collections import Counter
from datetime import date
from pathlib import Path

import duckdb
import pytest
from compiled import ask
from conftest import PROJECT, ROOT, crescendo, dbt

SECTION = re.search(r"## Add a domain\n(.*?)\n## ", (ROOT / "README.md").read_text(), re.DOTALL)[1]
MODELS = dict(re.findall(r"^`(\S+\.sql)` .*?```sql\n(.*?)```", SECTION, re.DOTALL | re.MULTILINE))
LINES = re.findall(r"^\| `(\S+)`.*? \| `(.*)` \|$", SECTION, re.MULTILINE)
# both are days of the podcasts; an episode's value is its number times 1,590, then times 1,870
SINCE, UNTIL = date(2025, 3, 1), date(2025, 3, 29)
OWN = {"podbean", "crescendo"}
WINDOW = ("--from", str(SINCE), "--to", str(UNTIL))


def test_a_domain_is_three_short_models_and_a_line_in_three_files():
    assert [Path(name).name for name in MODELS] == [
        f"int_podcasts_{part}.sql" for part in ("subjects", "observations", "memberships")
    ]
    assert all(len(sql.splitlines()) <= 20 for sql in MODELS.values())
    assert len(LINES) == len({name for name, _ in LINES}) == 3


@pytest.fixture(scope="session")
def environment(built, tmp_path_factory):
    """A copy of the project and of the sample's warehouse, in which the domain is written and built."""
    folder = tmp_path_factory.mktemp("domain")
    for name in PROJECT:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, folder / name)
    for name in ("crescendo.duckdb", "crescendo.duckdb.maskkey"):
        shutil.copy(built / name, folder / name)
    for name, sql in MODELS.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(sql)
    for name, line in LINES:
        text = (folder / name).read_text()
        after = "  domains:\n" if name == "dbt_project.yml" else text
        (folder / name).write_text(text.replace(after, f"{after}{line}\n", 1))
    own = {"CRESCENDO_DB": str(folder / "crescendo.duckdb"), "DBT_TARGET_PATH": str(folder / "target")}
    environment = os.environ | own | {"DBT_LOG_PATH": str(folder / "logs"), "DO_NOT_TRACK": "1"}
    downstream = [f"{Path(name).stem}+" for name in MODELS]
    done = dbt(folder, environment, "build", "--quiet", "--select", "metric_catalog", "platforms", *downstream)
    assert done.returncode == 0, done.stdout[-4000:]
    return environment


@pytest.fixture(scope="session")
def podcasts(environment):
    with duckdb.connect(environment["CRESCENDO_DB"], read_only=True) as connection:
        yield connection


@pytest.fixture
def said(environment):
    folder = Path(environment["CRESCENDO_DB"]).parent
    return lambda *words: crescendo(folder, environment, *words)


def of_podbean(rows):
    return [row for row in rows if row["platform"] == "podbean"]


def test_each_episode_grows_under_its_name(podcasts):
    rows = of_podbean(ask(podcasts, "series_growth", SINCE, UNTIL))
    found = {row["name"]: (row["start_value"], row["growth"], row["status"]) for row in rows}
    assert found == {"Rain": (1590, 280, "ok"), "Snow": (3180, 560, "ok"), "Wind": (4770, 840, "ok")}
    assert [row["growth_pct"] for row in rows] == [pytest.approx(100 * 280 / 1590)] * 3


# the weighted numbers of the episodes add up to 6, 2 and 4
SUMS = {"The Weather Aloud": (6, 3), "Water": (2, 2), "Air": (4, 2)}


def test_groups_of_both_types_add_up_by_weight(podcasts):
    rows = [row for row in of_podbean(ask(podcasts, "group_growth", SINCE, UNTIL)) if row["member_type"] == "episode"]
    found = {row["name"]: row for row in rows if row["subject_type"] in ("show", "topic")}
    assert found.keys() == SUMS.keys()
    for name, (number, count) in SUMS.items():
        row = found[name]
        assert (row["start_value"], row["growth"], row["total_change"]) == (1590 * number, 280 * number, 280 * number)
        assert (row["same_count"], row["twin_count"], row["status"]) == (count, 0, "ok")
    [platform] = [row for row in rows if row["subject_type"] == "platform"]
    assert (platform["name"], platform["growth"]) == ("Podbean", 280 * 6)


def test_averages_are_of_each_and_of_both_groups(podcasts):
    rows = of_podbean(ask(podcasts, "group_averages", SINCE, UNTIL))
    found = {row["name"]: (row["average_per_observed_day"], row["member_count"]) for row in rows}
    # an episode gains ten times its number a day
    each = {"Rain": (10, 1), "Snow": (20, 1), "Wind": (30, 1)}
    groups = {"The Weather Aloud": (20, 3), "Water": (pytest.approx(20 / 1.5), 2), "Air": (pytest.approx(40 / 1.5), 2)}
    assert found == each | groups | {"Podbean": (20, 3)}
    latest = (
        "select name, average_per_observed_day, member_count from metrics.averages_latest where platform = 'podbean'"
    )
    assert {name: (average, count) for name, average, count in podcasts.execute(latest).fetchall()} == found


def test_windows_trends_and_completeness_come_with_it(podcasts):
    windows = podcasts.execute("select window_name from metrics.growth_windows where platform = 'podbean'").fetchall()
    names = [name for (name,) in podcasts.execute("select window_name from seeds.windows").fetchall()]
    assert Counter(name for (name,) in windows) == dict.fromkeys(names, 3)
    ranks = "select name, score_rank from metrics.trending where platform = 'podbean' and window_name = '28 days'"
    assert dict(podcasts.execute(ranks).fetchall()) == {"Wind": 1, "Snow": 2, "Rain": 3}
    complete = (
        "select series_count, complete_through_date from metrics.platform_completeness where platform = 'podbean'"
    )
    assert podcasts.execute(complete).fetchall() == [(3, date(2025, 4, 1))]


@pytest.mark.parametrize("verb", ["growth", "averages"])
@pytest.mark.parametrize(("by", "count"), [("episode", 3), ("show", 1), ("topic", 2)])
def test_the_command_line_answers_by_each_type(said, verb, by, count):
    done = said(verb, *WINDOW, "--by", by, "--format", "json")
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)
    assert [row["metric"] for row in rows] == ["downloads"] * count


def test_help_and_errors_list_its_types(said):
    types = ("episode", "show", "topic")
    error, shown = said("growth", *WINDOW, "--by", "planet").stderr, " ".join(said("growth", "--help").stdout.split())
    assert all(f"{one}," in text for one in types for text in (error, shown))


def test_the_other_domains_answer_as_before(built, podcasts):
    with duckdb.connect(str(built / "crescendo.duckdb"), read_only=True) as before:
        for function in ("series_growth", "group_growth"):
            # what is measured of a build is of that build
            rows, old = (
                [row for row in ask(connection, function, SINCE, UNTIL) if row["platform"] not in OWN]
                for connection in (podcasts, before)
            )
            key = lambda row: (row["subject"], row["platform"], row["metric"], row.get("member_type", ""))  # noqa: E731
            assert sorted(map(key, rows)) == sorted(map(key, old))
