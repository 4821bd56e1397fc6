"""Worlds of the MooVitamix simulator as the tables that recommending reads, without files and dbt: some are needed by
the hundred. That the columns are those of the models is held by `test_recommend.py`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import duckdb
import pandas as pd
from crescendo.analysis.recommend import artefacts, evaluate, score, train
from crescendo.sources.moovitamix import simulate as moovitamix

TABLES = """
    create schema if not exists listening;
    create schema if not exists load_audit;
    create or replace table listening.fct_listens as
    select user_key, track_key, listened_at::timestamp as listened_at, listened_at::date as listened_date from listens;
    create or replace table listening.fct_user_track_interactions as
    select user_key, track_key, count(*) as listen_count, min(listened_at) as first_listened_at,
        max(listened_at) as last_listened_at
    from listening.fct_listens group by all;
    create or replace table listening.dim_tracks_current as
    select track_key, track_name, date '{day}' as last_load_date from tracks;
    create or replace table listening.dim_users_current as select user_key from users;
    create or replace table listening.user_features as select user_key from users;
    create or replace table listening.track_features as
    select tracks.track_key, count(heard.user_key) as user_count
    from tracks left join listening.fct_user_track_interactions as heard using (track_key) group by all;
    create or replace table listening.fct_listening_extractions as
    select 'tracks' as route, date '{day}' as load_date, true as is_complete;
    create or replace table listening.bridge_tracks_x_genres as
    select distinct track_key, lower(trim(unnest(string_split(genres, ',')))) as genre_id from tracks;
    create or replace table listening.bridge_users_x_favorite_genres as
    select user_key, lower(genres) as genre_id from users;
    create or replace table listening.dim_listening_genres as
    select unnest({genres}) as genre_id, true as is_reference_genre;
    create schema if not exists staging;
    create table if not exists staging.stg_served__listens (user_key varchar, track_key varchar, heard_at timestamp);
    create or replace table load_audit.loads as select 1::bigint as _load_id;
"""


def evolving(seed: int, first: int, days: int, drift: int | None = None) -> Iterator[tuple[date, dict]]:
    """Day and rows of an evolving universe, from day `first` of it on; tastes change on day `drift` of it."""
    world = moovitamix.Evolving(seed, drift and moovitamix.EPOCH + timedelta(drift))
    for number in range(first, first + days):
        day = moovitamix.EPOCH + timedelta(number)
        yield day, world.on(day)


def fill(connection: duckdb.DuckDBPyConnection, shown: Iterator[tuple[date, dict]]) -> date:
    """Make the tables of a universe as shown on some days; returns the last of them."""
    listens, rows, day = [], {}, None
    for day, rows in shown:  # noqa: B007 the last one is told
        for session in rows["listen_history"]:
            listens += [(str(session["user_id"]), str(track), session["created_at"]) for track in session["items"]]
    frames = {
        "listens": pd.DataFrame(listens, columns=["user_key", "track_key", "listened_at"]).drop_duplicates(),
        "tracks": _frame(rows["tracks"], "track_key", "name", "genres").rename(columns={"name": "track_name"}),
        "users": _frame(rows["users"], "user_key", "favorite_genres").rename(columns={"favorite_genres": "genres"}),
    }
    for name, frame in frames.items():
        connection.register(name, frame)
    connection.execute(TABLES.format(day=day, genres=[genre.lower() for genre in moovitamix.GENRES]))
    for name in frames:
        connection.unregister(name)
    return day


def _frame(rows: list[dict], key: str, *columns: str) -> pd.DataFrame:
    return pd.DataFrame(
        {key: [str(row["id"]) for row in rows]} | {name: [row[name] for row in rows] for name in columns}
    )


@contextmanager
def warehouse_of(shown: Iterator[tuple[date, dict]]) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database in memory with the tables of a universe."""
    with duckdb.connect() as connection:
        fill(connection, shown)
        yield connection


def serve_a_model(settings: evaluate.Settings, seed: int = 7) -> str:
    """Fit a model to the warehouse's listens, let it serve, and score all lists; returns its version."""
    source = train.read_source(None, None)
    trained = artefacts.keep(settings.fit(source.data.matrix(), seed), source.data.items)

    def decide(connection: duckdb.DuckDBPyConnection) -> None:
        train.write_version(connection, trained, settings, source, seed)
        train.decide(connection, "promote", "a test", served_version=trained.version)

    score.score(trained=trained, decide=decide)
    return trained.version
