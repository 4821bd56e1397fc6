"""Only the days of films that something changed are made again, and the result is that of a full build.

After each load of a sequence the tables are those of one build.

`CRESCENDO_SEQUENCES=60` draws as many sequences, of at least five loads each. test_increments_loaded.py does the same
through `crescendo load` and dbt.
"""

import os
import re
from collections import Counter
from datetime import timedelta

import pytest
from conftest import ROOT
from film_worlds import STEPS, World
from taken_tables import FILMS, Tables, differences, made_of

SEQUENCES = int(os.environ.get("CRESCENDO_SEQUENCES", "2"))
TABLES = {"int_films_days_resolved", "int_films_movies_settled", "fct_movies_daily"}
PLAN = "select is_whole, whole_reason from intermediate.int_films_planned"


@pytest.fixture(scope="session")
def compiled(nodes, nodes_that_go_on):
    """The nodes of films, compiled for tables that are made anew, and for those of a warehouse that is built."""
    return FILMS, made_of(FILMS, nodes), nodes_that_go_on


def anew(compiled, world):
    """All tables of a world, made at once."""
    made = Tables(*compiled)
    made.receive(world.raw)
    made.build()
    return made


def settled(tables):
    return tables.ask("select max(settled_date) from intermediate.int_films_movies_settled")[0][0]


def test_nobody_can_tell_a_sequence_of_loads_from_a_build_at_once(compiled):
    met = Counter()
    for seed in range(SEQUENCES):
        world, told = World(seed), []
        kept = Tables(*compiled)
        kept.receive(world.raw)
        kept.build()
        for _ in range(world.draw.randint(5, 12)):
            world.next_file()
            steps = world.draw.sample(STEPS, world.draw.choice([1, 1, 1, 2, 3]))
            for step in steps:
                step(world)
            told.append([step.__name__ for step in steps])
            kept.receive(world.raw)
            if world.draw.random() < 0.1:  # it is killed, and then built again, perhaps after another load
                kept.build(until=world.draw.choice([*kept.whole]), within=world.draw.random() < 0.5)
                told[-1].append("killed")
                if world.draw.random() < 0.5:
                    world.draw.choice(STEPS)(world)
                    kept.receive(world.raw)
            before = settled(kept)
            kept.build()
            wrong = differences(kept, anew(compiled, world))
            assert not wrong, f"sequence {seed}, after {told}: {wrong}"
            [(touched,)] = kept.ask("select count(*) from intermediate.int_films_days_touched")
            went_on = kept.went_on == TABLES
            met.update(builds=1, went_on=went_on, touched=touched, several=touched > 1)
            met["advanced"] += went_on and settled(kept) != before
    # the comparison is worth what it has met
    assert met["went_on"] > met["builds"] / 3 and met["touched"] > 3 * SEQUENCES and met["several"], met
    assert met["advanced"] > SEQUENCES / 3, met


def built_of(compiled, seed):
    world, kept = World(seed), Tables(*compiled)
    kept.receive(world.raw)
    kept.build()
    return world, kept


WHY = {
    "update load_audit.taken_plans set code = 'of other models'": "the models they are made by have changed",
    "delete from raw_tmdb.movie_ids where _load_id <= 4": "a day before the newest of them has changed",
    "delete from load_audit.taken_film_days": "a day before the newest of them has changed",
}


@pytest.mark.parametrize("change", WHY)
def test_all_are_made_anew_if_they_must_be_and_it_is_known_why(compiled, change):
    _, kept = built_of(compiled, 3)
    kept.build()
    assert (kept.ask(PLAN), kept.went_on) == ([(False, None)], TABLES), "once"
    assert kept.ask("from intermediate.int_films_days_touched") == [], "nothing has changed"
    kept.connection.execute(change)
    kept.build()
    assert (kept.ask(PLAN), kept.went_on) == ([(True, WHY[change])], set()), change


@pytest.mark.parametrize("name", sorted(TABLES))
def test_a_table_that_is_not_as_it_was_left_is_made_anew_by_itself(compiled, name):
    world, kept = built_of(compiled, 4)
    relation = kept._relation(name)
    for change in (f"drop table {relation}", f"delete from {relation} where rowid = 1"):
        kept.connection.execute(change)
        world.next_file()
        world.new_day()
        kept.receive(world.raw)
        kept.build()
        assert kept.went_on == TABLES - {name}
        assert not differences(kept, anew(compiled, world))


def test_a_new_day_is_made_alone_and_a_late_one_with_those_after_it(compiled):
    world, kept = built_of(compiled, 5)
    for day, expected in ((world.today + timedelta(1), 1), (world.today - timedelta(1), 3), (world.today, 2)):
        world.file += 1
        for film in world.films:
            world.put("movie_ids", id=film, popularity=world.draw.random(), adult=False, asked_day=f"{day}")
        kept.receive(world.raw)
        kept.build()
        made = kept.ask("select snapshot_date from intermediate.int_films_days_touched")
        there = kept.ask(f"select distinct snapshot_date from films.fct_movies_daily where snapshot_date >= '{day}'")
        assert kept.went_on == TABLES and {*made} == {*there} and len(made) == expected


@pytest.mark.parametrize(
    ("domain", "folders", "apart"),
    [
        ("films", ("films", "tmdb"), set()),
        # of spend only the tags are read, and a tag's channel depends on nothing else of it
        ("leads", ("leads",), {"int_leads_spend_aggregated", "stg_leads__media_spend"}),
    ],
)
def test_a_change_of_any_model_that_long_tables_are_made_from_is_a_change_of_their_code(nodes, domain, folders, apart):
    text = (ROOT / "macros" / "increments.sql").read_text()
    taken, code = (
        re.findall(r"'((?:stg|int|fct)_\w+)'", text.split(f"macro {name}()")[1].split("endmacro")[0])
        for name in (f"taken_{domain}", f"{domain}_code")
    )
    above, waiting = set(taken), [*taken]
    while waiting:
        parents = {key.split(".")[-1] for key in nodes[waiting.pop()]["depends_on"]["nodes"]} & nodes.keys() - above
        parents = {name for name in parents if nodes[name]["original_file_path"].split("/")[-2] in folders}
        above |= parents
        waiting += parents
    assert {*taken, *code} == above - apart
