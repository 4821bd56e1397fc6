"""Every exercise of analyses/ runs on the sample's warehouse, and its answer is found in another way."""

import re
import sqlite3
from collections import Counter, defaultdict
from pathlib import Path

import duckdb
import pytest
import sqlglot
from conftest import ROOT

EXERCISES = sorted(path.stem for path in (ROOT / "analyses").glob("*.sql"))


class Warehouse:
    """The built warehouse, with the marts as plain Python rows."""

    def __init__(self, path: Path):
        self.connection = duckdb.connect(str(path), read_only=True)

    def answer(self, name: str) -> list[tuple]:
        sql = (ROOT / "analyses" / f"{name}.sql").read_text()
        return self.rows(re.sub(r"{{ ref\('(\w+)'\) }}", r"listening.\1", sql))

    def rows(self, sql: str) -> list[tuple]:
        return self.connection.execute(sql).fetchall()


@pytest.fixture(scope="module")
def warehouse(built):
    return Warehouse(built / "crescendo.duckdb")


@pytest.fixture(scope="module")
def facts(warehouse):
    """Sets and counts made in Python: events, genres of tracks, favourites of users."""
    events = warehouse.rows("select user_key, track_key from listening.fct_listens")
    genres = defaultdict(set)
    for track, genre in warehouse.rows("select track_key, genre_id from listening.bridge_tracks_x_genres"):
        genres[track].add(genre)
    favourites = set(warehouse.rows("select user_key, genre_id from listening.bridge_users_x_favorite_genres"))
    heard = {(user, genre) for user, track in events for genre in genres[track]}
    return events, genres, favourites, heard


@pytest.mark.parametrize("name", EXERCISES)
def test_every_exercise_asks_one_question_and_has_an_answer(warehouse, name):
    text = (ROOT / "analyses" / f"{name}.sql").read_text()
    assert text.startswith("-- ") and "?" in text.split("\n\n")[0]
    warehouse.answer(name)


def test_rank(warehouse, facts):
    events, genres, *_ = facts
    listens = Counter(track for _, track in events)
    by_genre = defaultdict(list)
    for genre, track, count, *places in warehouse.answer("rank_tracks_by_genre"):
        assert listens[track] == count
        by_genre[genre.lower()].append((count, *places))
    assert len(by_genre) == 17
    for genre, rows in by_genre.items():
        counts = sorted((listens[track] for track in genres if genre in genres[track]), reverse=True)
        assert [row[1] for row in rows] == list(range(1, len(rows) + 1))
        for count, place, gaps, dense, quarter in rows:
            assert counts[place - 1] == count
            assert gaps == 1 + sum(other > count for other in counts)
            assert dense == 1 + len({other for other in counts if other > count})
            assert quarter == 1


def test_coalesce(warehouse, facts):
    _, _, favourites, heard = facts
    listeners, declaring = {user for user, _ in heard}, {user for user, _ in favourites}
    for user, genre, reason in warehouse.answer("coalesce_favourite_genre"):
        assert reason == ("heard" if user in listeners else "declared" if user in declaring else "default")
        assert (user, genre) in (heard if reason == "heard" else favourites)


def test_sets(warehouse, facts):
    _, _, favourites, heard = facts
    assert warehouse.answer("intersect_declared_and_heard") == sorted(favourites & heard)
    assert warehouse.answer("except_declared_but_never_heard") == sorted(favourites - heard)


def test_anti_and_semi_join(warehouse, facts):
    events, _, _, heard = facts
    tracks = {key for (key,) in warehouse.rows("select track_key from listening.dim_tracks_current")}
    never = warehouse.answer("anti_join_tracks_never_heard")
    assert {key for key, _ in never} == tracks - {track for _, track in events}
    jazz = warehouse.answer("semi_join_users_of_jazz")
    assert [user for (user,) in jazz] == sorted(user for user, genre in heard if genre == "jazz")


def test_full_join(warehouse, facts):
    _, genres, favourites, _ = facts
    said = Counter(genre for words in genres.values() for genre in words)
    declared = Counter(genre for _, genre in favourites)
    expected = sorted((genre, said[genre], declared[genre]) for genre in said.keys() | declared.keys())
    assert warehouse.answer("full_join_genres_said_and_declared") == expected


def test_self_join(warehouse, facts):
    users = defaultdict(set)
    for user, track in facts[0]:
        users[track].add(user)
    answer = warehouse.answer("self_join_tracks_heard_together")
    assert len(answer) == 10
    for one, other, count in answer:
        assert one < other and len(users[one] & users[other]) == count


def test_as_of_join(warehouse):
    known = warehouse.rows(
        "select extraction_id, user_id, position, track_id, track_version from listening.fct_listen_snapshots"
    )
    assert warehouse.answer("as_of_join_version_at_listening") == sorted(known)


# --- other engines ---------------------------------------------------------------------------------------------

BRIEF = ROOT / "docs" / "briefs" / "001.md"


def in_words_of(dialect, warehouse, name):
    """An exercise in another dialect; the as-of join, which none of them has, as docs/briefs/001.md writes it."""
    if name == "as_of_join_version_at_listening":
        return re.search(rf"-- {name}, {dialect}\n(.+?)```", BRIEF.read_text(), re.S)[1]
    text = re.sub(r"{{ ref\('(\w+)'\) }}", r"\1", (ROOT / "analyses" / f"{name}.sql").read_text())
    query = sqlglot.parse_one(text, dialect="duckdb")
    return query.sql(dialect=dialect, unsupported_level=sqlglot.ErrorLevel.RAISE)


@pytest.fixture(scope="module")
def sqlite(warehouse):
    """The tables of listening in SQLite, in memory."""
    with sqlite3.connect(":memory:") as connection:
        for (table,) in warehouse.rows("select table_name from duckdb_tables() where schema_name = 'listening'"):
            rows = warehouse.connection.execute(
                f"select * exclude (genres) from listening.{table}"
                if table == "dim_tracks"
                else f"select * from listening.{table}"
            )
            columns = [f'"{column[0]}"' for column in rows.description]
            connection.execute(f"create table {table} ({', '.join(columns)})")
            marks = ", ".join("?" * len(columns))
            values = [
                [value if isinstance(value, int | float | None) else str(value) for value in row]
                for row in rows.fetchall()
            ]
            connection.executemany(f"insert into {table} values ({marks})", values)
            if "track_id" in str(columns):
                connection.execute(f"create index {table}_track on {table} (track_id)")
            if "track_key" in str(columns):
                connection.execute(f"create index {table}_key on {table} (track_key)")
        yield connection


@pytest.mark.parametrize("name", EXERCISES)
def test_sqlite_gives_the_same_answer(warehouse, sqlite, name):
    theirs = sqlite.execute(in_words_of("sqlite", warehouse, name)).fetchall()
    assert theirs == warehouse.answer(name)
    assert theirs


@pytest.mark.parametrize("name", EXERCISES)
def test_sql_server_s_grammar_reads_its_translation(warehouse, name):
    """No SQL Server is here: what can be held is that its grammar reads what we would hand it."""
    words = in_words_of("tsql", warehouse, name)
    assert sqlglot.parse_one(words, dialect="tsql").sql(dialect="tsql")
    assert " limit " not in words.lower() and "asof" not in words.lower() and "'s grammar" not in words
