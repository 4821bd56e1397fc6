"""A day of MooVitamix over real HTTP on loopback: whole, of one universe, once."""

import json
from datetime import date
from itertools import cycle

import duckdb
import pytest
from crescendo.http.server import PASSING, Faults, served
from crescendo.sources.moovitamix.simulate import ROUTES, application, universe
from landings import bodies, fetch, requests

DAY = date(2025, 2, 10)
DATE = ("--date", str(DAY))


def faithful(seed=1, **options):
    return application(lambda restarts: universe("faithful", seed + restarts, DAY), **options)


def landed_rows(to, day=DAY):
    rows = {route: [] for route in ROUTES}
    for path in sorted((to / str(day)).glob("*__p????.json")):
        rows[path.name.split("__")[0]] += json.loads(path.read_bytes())["items"]
    return rows


def test_every_page_of_every_route_is_landed(tmp_path):
    with served(faithful()) as url:
        assert fetch("moovitamix", url, tmp_path, *DATE)[0] == 0
    assert landed_rows(tmp_path) == universe("faithful", 1, DAY)
    assert len(bodies(tmp_path)) == 30
    for name, request in requests(tmp_path).items():
        assert name == f"{request['document']}__p{request['page']:04d}"
        assert request["load_date"] == str(DAY)


def test_the_same_day_twice_changes_nothing(tmp_path):
    with served(faithful()) as url:
        fetch("moovitamix", url, tmp_path, *DATE)
        before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    code, out, _ = fetch("moovitamix", "http://127.0.0.1:9", tmp_path, *DATE)
    assert code == 0 and "landed before" in out
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_through_the_faults_of_the_network_the_same_is_landed(tmp_path):
    faults = Faults(frozenset(PASSING), rate=0.3, drip_seconds=2)
    with served(faithful(faults=faults)) as url:
        code, _, err = fetch("moovitamix", url, tmp_path, *DATE, "--timeout", "0.5")
    assert (code, err) == (0, "")
    assert landed_rows(tmp_path) == universe("faithful", 1, DAY)


@pytest.mark.parametrize("restart_after", [1, 2, 6, 15, 29, 31, 33])
def test_a_restart_never_mixes_two_universes(tmp_path, restart_after):
    app = faithful(faults=Faults(frozenset(("restart",))), restart_after=restart_after)
    with served(app) as url:
        code, out, _ = fetch("moovitamix", url, tmp_path, *DATE, "--format", "json")
    assert code == 0
    # before the first page or after the last check there is nothing to tear
    torn = 1 < restart_after < 34
    assert landed_rows(tmp_path) == universe("faithful", 2 if torn or restart_after == 1 else 1, DAY)
    assert ("torn extraction, begun again" in json.loads(out)["notes"]) == torn
    assert len(list(tmp_path.glob(".torn/*"))) == torn
    assert not list(tmp_path.glob(".partial/*"))


def test_a_restart_between_two_starts_of_the_client_is_noticed(tmp_path):
    with served(faithful(1)) as url:
        fetch("moovitamix", url, tmp_path, *DATE)
    # as a kill leaves it: the pages of the first routes, of a universe that is gone
    partial = tmp_path / ".partial" / str(DAY)
    partial.parent.mkdir()
    (tmp_path / str(DAY)).rename(partial)
    for path in partial.glob("listen_history*"):
        path.unlink()
    with served(faithful(2)) as url:
        assert fetch("moovitamix", url, tmp_path, *DATE)[0] == 0
    assert landed_rows(tmp_path) == universe("faithful", 2, DAY)


def test_a_service_that_restarts_all_the_time_is_refused(tmp_path):
    universes = cycle([universe("faithful", seed, DAY) for seed in range(3)])

    class Restless(dict):
        def __getitem__(self, route):
            return next(universes)[route]

    with served(application(lambda _: Restless())) as url:
        code, _, err = fetch("moovitamix", url, tmp_path, *DATE)
    assert code == 2 and "changed during each of 3 extractions" in err
    assert not (tmp_path / str(DAY)).exists()


def test_a_lost_page_is_noticed(tmp_path):
    with served(faithful(faults=Faults(frozenset(("duplicate-page",)), rate=0.2))) as url:
        code, out, _ = fetch("moovitamix", url, tmp_path, *DATE, "--format", "json")
    assert code == 0
    assert any("different rows of [1000]" in note for notes in json.loads(out)["notes"].values() for note in notes)
    assert landed_rows(tmp_path) == universe("faithful", 1, DAY)


def user_of_another(session):
    session["user_id"] += 1_000_000


def tracks_of_another(session):
    session["items"] = [track + 1_000_000 for track in session["items"]]


@pytest.mark.parametrize(("spoil", "rows_spoiled"), [(user_of_another, 100), (tracks_of_another, 150)])
def test_foreign_rows_among_many_are_noticed(tmp_path, spoil, rows_spoiled):
    rows = universe("faithful", 1, DAY)
    for route, key in (("users", "id"), ("listen_history", "user_id")):
        rows[route] = [{**rows[route][number % 1000], key: number} for number in range(2100)]
    for session in rows["listen_history"][300 : 300 + rows_spoiled]:
        spoil(session)
    with served(application(lambda _: rows)) as url:
        code, _, err = fetch("moovitamix", url, tmp_path, *DATE)
    assert code == 2 and "changed during each" in err and not (tmp_path / str(DAY)).exists()


def test_dirt_of_the_source_is_landed_as_it_is(tmp_path):
    dirt = frozenset(("null-items", "unknown-ids", "bad-duration", "uppercase-email", "size-ignored"))
    rows = universe("faithful", 1, DAY, dirt=dirt)
    with served(application(lambda _: rows, Faults(dirt))) as url:
        assert fetch("moovitamix", url, tmp_path, *DATE)[0] == 0
    assert landed_rows(tmp_path) == rows
    assert any(row["items"] is None for row in rows["listen_history"])


def test_null_ids_and_counters_are_legal(tmp_path):
    rows = universe("faithful", 1, DAY)
    for session in rows["listen_history"][:60]:
        session["user_id"] = None
    with served(application(lambda _: rows)) as url:
        assert fetch("moovitamix", url, tmp_path, *DATE)[0] == 0
    assert landed_rows(tmp_path) == rows


def test_days_of_an_evolving_service_are_landed_side_by_side(tmp_path):
    for day in (DAY, date(2025, 2, 11)):
        with served(application(lambda _, day=day: universe("evolving", 7, day))) as url:
            assert fetch("moovitamix", url, tmp_path, "--date", str(day))[0] == 0
    before, after = landed_rows(tmp_path), landed_rows(tmp_path, date(2025, 2, 11))
    assert {user["id"] for user in before["users"]} < {user["id"] for user in after["users"]}


def test_a_service_that_is_not_there_or_another_is_explained(tmp_path):
    code, _, err = fetch("moovitamix", "http://127.0.0.1:9", tmp_path, *DATE)
    assert code == 2 and "is not healthy" in err and "--url" in err

    async def other(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"{}"})

    with served(other) as url:
        code, _, err = fetch("moovitamix", url, tmp_path, *DATE)
    assert code == 2 and "is not what MooVitamix answers" in err
    assert not (tmp_path / str(DAY)).exists()


def test_a_landed_day_is_there_as_parquet_by_load_date(tmp_path):
    with served(faithful()) as url:
        fetch("moovitamix", url, tmp_path, *DATE)
        fetch("moovitamix", url, tmp_path, "--date", "2025-02-11")
    for route, expected in universe("faithful", 1, DAY).items():
        files = tmp_path / ".parquet" / route / "*" / "*.parquet"
        read = duckdb.sql(f"from read_parquet('{files}') where load_date = '{DAY}' order by _page, _index")
        rows = [dict(zip(read.columns, row, strict=True)) for row in read.fetchall()]
        assert [{key: row[key] for key in expected[0]} for row in rows] == expected
        counts = duckdb.sql(f"select load_date, count(*) from read_parquet('{files}') group by all").fetchall()
        assert sorted(count for _, count in counts) == [1000, 1000]
