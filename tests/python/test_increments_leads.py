"""Only the leads that something changed for are made again, and nobody can tell.

After each load of a sequence the tables are those of one build.

`CRESCENDO_SEQUENCES=60` draws as many sequences, of at least four loads each. test_increments_loaded.py does the same
through `crescendo load` and dbt.
"""

import os
from collections import Counter

import pytest
from crescendo import builds
from lead_worlds import RULES, STEPS, World
from taken_tables import LEADS, Tables, differences, made_of

SEQUENCES = int(os.environ.get("CRESCENDO_SEQUENCES", "2"))


@pytest.fixture(scope="session")
def compiled(nodes, nodes_that_go_on):
    """The nodes of leads, compiled for tables that are made anew, and for those of a warehouse that is built."""
    return LEADS, made_of(LEADS, nodes), nodes_that_go_on


def anew(compiled, world, rules):
    """All tables of a world, made at once."""
    made = Tables(*compiled)
    for rule in rules:
        made.connection.execute(rule)
    made.receive(world.raw)
    made.build()
    return made


def test_nobody_can_tell_a_sequence_of_loads_from_a_build_at_once(compiled):
    met = Counter()
    for seed in range(SEQUENCES):
        world, told, rules = World(seed), [], []
        kept = Tables(*compiled)
        kept.receive(world.raw)
        kept.build()
        for _ in range(world.draw.randint(4, 7)):
            world.next_file()
            steps = world.draw.sample(STEPS, world.draw.choice([1, 1, 2, 3]))
            for step in steps:
                step(world)
            if world.draw.random() < 0.1:
                rules.append(world.draw.choice(RULES))
                kept.connection.execute(rules[-1])
            told.append(([step.__name__ for step in steps], [*rules]))
            kept.receive(world.raw)
            if world.draw.random() < 0.2:  # it is killed, and then built again, perhaps after another load
                kept.build(until=world.draw.choice([*kept.whole]), within=world.draw.random() < 0.5)
                met["killed"] += 1
                if world.draw.random() < 0.5:
                    world.draw.choice(STEPS)(world)
                    kept.receive(world.raw)
            kept.build()
            wrong = differences(kept, anew(compiled, world, rules))
            assert not wrong, f"sequence {seed}, after {told}: {wrong}"
            [(touched,)] = kept.ask("select count(*) from intermediate.int_leads_touched")
            met.update(builds=1, went_on=len(kept.went_on) == 9, touched=touched)
    # the comparison is worth what it has met
    assert met["went_on"] > met["builds"] / 3 and met["touched"] > 5 * SEQUENCES, met


WHY = {
    "update load_audit.taken_plans set code = 'of other models'": "the models they are made by have changed",
    "delete from load_audit.taken_lead_rows": "none were made before",
    "update load_audit.taken_lead_rows set raw_fingerprint = hash(raw_fingerprint), place_fingerprint = 0": (
        "most of what they are made from has changed"
    ),
    RULES[0]: "the channels, their rules or the key of persons have changed",
    "set variable mask_key = 'another'": "the channels, their rules or the key of persons have changed",
}
PLAN = "select is_whole, whole_reason from intermediate.int_leads_planned"


def test_all_are_made_anew_if_they_must_be_and_it_is_known_why(compiled):
    world, kept = World(3), Tables(*compiled)
    kept.receive(world.raw)
    kept.build()
    for change, reason in WHY.items():
        kept.build()
        assert (kept.ask(PLAN), len(kept.went_on)) == ([(False, None)], 9), "once"
        assert kept.ask("from intermediate.int_leads_touched") == [], "nothing has changed"
        kept.connection.execute(change)
        kept.build()
        assert (kept.ask(PLAN), kept.went_on) == ([(True, reason)], set()), change


def test_a_warehouse_of_a_version_that_noted_less_has_all_leads_made_anew(compiled):
    world, kept = World(3), Tables(*compiled)
    kept.receive(world.raw)
    kept.build()
    kept.connection.execute("alter table load_audit.taken_lead_rows drop column place_fingerprint")
    builds.prepare(kept.connection)
    kept.build()
    assert kept.ask(PLAN) == [(True, "none were made before")]
    kept.build()
    assert kept.ask(PLAN) == [(False, None)]


def test_a_table_that_is_not_as_it_was_left_is_made_anew_by_itself(compiled):
    world, kept = World(4), Tables(*compiled)
    kept.receive(world.raw)
    kept.build()
    before = kept.rows()
    for change in ("drop table leads.fct_leads", "delete from leads.fct_leads where rowid = 1"):
        kept.connection.execute(change)
        kept.build()
        assert len(kept.went_on) == 8 and "fct_leads" not in kept.went_on
        assert kept.rows() == before
