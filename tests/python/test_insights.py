"""Insights on worlds with a planted truth: what moved is found, by whom it moved is named, and nothing else is."""

from datetime import timedelta
from decimal import Decimal

import duckdb
import insight_worlds
import pytest
from insight_warehouse import asked, warehouse

KEYS = ("subject", "member_type", "platform", "metric", "unit")


def total(rows, keys, column):
    """The sum of a column by the other columns' values."""
    sums = {}
    for row in rows:
        key = tuple(row[name] for name in keys)
        sums[key] = sums.get(key, Decimal(0)) + row[column]
    return sums


@pytest.fixture(scope="module")
def planted(nodes):
    world = insight_worlds.planted_world(seed=24, artists=120)
    return world, warehouse(world, nodes)


def test_movers_name_the_planted_driver(planted):
    world, connection = planted
    week = (world.end - timedelta(7), world.end)
    movers = {row["subject"]: row for row in asked(connection, "movers", *week) if row["platform"] == "all"}
    first = {
        (row["subject"], row["driver_type"]): row["driver"]
        for row in asked(connection, "mover_drivers", *week)
        if row["platform"] == "all" and row["driver_rank"] == 1
    }
    named, dated = 0, 0
    for truth in world.planted:
        mover = movers[truth.group]
        is_found = mover["is_surprising"] and (mover["surprise"] > 0) == (truth.sign > 0)
        is_named = first[truth.group, "member"] == truth.driver and first[truth.group, "platform"] == truth.platform
        named += is_found and is_named
        dated += is_found and mover["first_seen_date"] == truth.day
    assert len(world.planted) == 120
    assert named >= 0.95 * 120, named
    assert dated >= 0.9 * 120, dated


def test_drivers_add_up_to_the_move_to_the_last_digit(planted):
    world, connection = planted
    compared = 0
    for days in (7, 3, 28):
        window = (world.end - timedelta(days), world.end)
        moves = total([row for row in asked(connection, "movers", *window) if row["move"] is not None], KEYS, "move")
        drivers = asked(connection, "mover_drivers", *window)
        for key, summed in total(drivers, (*KEYS, "driver_type"), "contribution").items():
            assert summed == moves[key[:-1]], key
            compared += 1
    assert compared > 1000


def test_false_spikes_are_rarer_than_one_in_a_thousand_series_weeks(nodes):
    weeks = 40
    world = insight_worlds.clean_world(seed=7, series=400, weeks=weeks)
    connection = warehouse(world, nodes, ["spikes"])
    spikes = asked(connection, "spikes", insight_worlds.FIRST, world.end)
    # the first twelve weeks have no usual course yet
    assert len(spikes) <= 400 * (weeks - 12) / 1000, [row["subject"] for row in spikes]


def test_what_stays_of_a_spike_is_what_was_planted(nodes):
    world, shares = insight_worlds.retained_world(seed=11, series=80)
    connection = warehouse(world, nodes, ["spikes"])
    spikes = asked(connection, "spikes", world.end - timedelta(60), world.end)
    days = {truth.driver: truth.day for truth in world.planted}
    found = {row["subject"]: row for row in spikes if row["week_date"] == days[row["subject"]]}
    assert len(found) >= 0.95 * 80
    for subject, row in found.items():
        first, last = shares[subject]
        assert row["kept_7d_ratio"] == pytest.approx(first, abs=0.15), subject
        assert row["kept_28d_ratio"] == pytest.approx(last, abs=0.15), subject
        assert row["first_seen_date"] == days[subject]


def test_the_drivers_of_the_sample_add_up_with_a_rest_of_what_no_list_of_places_says(built):
    with duckdb.connect(str(built / "crescendo.duckdb"), read_only=True) as connection:
        window = connection.sql(
            "select max(complete_through_date) - 28, max(complete_through_date) from metrics.platform_completeness"
            " where platform in ('spotify', 'youtube', 'instagram')"
        ).fetchone()
        moves = total([row for row in asked(connection, "movers", *window) if row["move"] is not None], KEYS, "move")
        drivers = asked(connection, "mover_drivers", *window)
    for key, summed in total(drivers, (*KEYS, "driver_type"), "contribution").items():
        assert summed == moves[key[:-1]], key
    kinds = {row["driver_type"] for row in drivers}
    assert kinds == {"member", "platform", "country", "city"}
    assert {row["driver_type"] for row in drivers if row["driver"] is None} == {"country", "city"}
