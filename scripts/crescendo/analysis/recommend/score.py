"""Score: the lists of all users and the neighbours of all tracks, written to the warehouse with an expiry."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import duckdb
import numpy as np
import pandas as pd
from scipy import sparse

from crescendo import warehouse
from crescendo.analysis.recommend import artefacts, marts, models, store
from crescendo.analysis.recommend.lists import MOST_WHY, REASONS, Lists, lists
from crescendo.analysis.recommend.matrix import Interactions, aligned
from crescendo.errors import CrescendoError
from crescendo.ingest import ledger

LENGTH, NEIGHBOURS = 20, 10
TOGETHER, SAME_GENRE = "heard_together", "same_genre"
USERS_AT_ONCE = 20_000
Say = Callable[[str], None]


@dataclass(frozen=True)
class Scored:
    """How many lists and rows were written, and of which version."""

    version: str
    users: int
    rows: int
    similar: int


@dataclass(frozen=True)
class Inputs:
    """What scoring reads, all from one state of the warehouse."""

    trained: artefacts.Trained
    data: Interactions
    shelf: marts.Shelf
    catalogue: marts.Shelf


def inputs(connection: duckdb.DuckDBPyConnection, trained: artefacts.Trained | None = None) -> Inputs:
    """The model (the one that serves, if none is given), the interactions, and what may be recommended.

    Raises CrescendoError if no model serves.
    """
    if trained is None:
        version = store.serving(connection)
        if version is None:
            raise CrescendoError("no model was trained yet: run `crescendo recommend train`")
        trained = artefacts.load(version)
    data = marts.interactions(connection)
    tracks = connection.execute("select track_key from listening.dim_tracks_current order by 1").fetchnumpy()
    keys = np.asarray(tracks["track_key"], dtype=object).astype(str)
    return Inputs(trained, data, marts.shelf(connection, trained.items), marts.shelf(connection, keys))


def score(
    users: tuple[str, ...] = (),
    n: int = LENGTH,
    say: Say = lambda _: None,
    trained: artefacts.Trained | None = None,
    decide: Callable[[duckdb.DuckDBPyConnection], object] = lambda _: None,
) -> Scored:
    """Write the lists of these users, or of all of them and the neighbours of all tracks.

    Args:
        trained: the model, if it is not the one that serves: `decide` then writes that it does, in one transaction
            with its lists, so that no reader ever meets a model without them.

    Raises CrescendoError if there is no model, or no such user.
    """
    with warehouse.connect(read_only=True) as connection:
        given = inputs(connection, trained)
    shelf = given.shelf
    if unknown := sorted(set(users) - set(shelf.users)):
        raise CrescendoError(f"--users {unknown[0]}: no such user; listening.dim_users_current has their user_key")
    wanted = np.searchsorted(shelf.users, sorted(set(users))) if users else np.arange(len(shelf.users))
    rows = user_rows(given)
    moment, count = store.now(), 0
    with warehouse.connect() as connection, warehouse.transaction(connection):
        store.prepare(connection)
        decide(connection)
        ledger.touch(connection, [(store.SCHEMA, "top_n")])
        # a user or track of an earlier state keeps no list
        if users:
            connection.execute(f"delete from {store.SCHEMA}.top_n where list_contains(?, user_key)", [list(users)])
        else:
            connection.execute(f"truncate {store.SCHEMA}.top_n")
        for at in range(0, len(wanted), USERS_AT_ONCE):
            part = wanted[at : at + USERS_AT_ONCE]
            made = lists(given.trained.model, shelf, rows[part], shelf.user_genres[part], n)
            count += write_lists(connection, given.trained, shelf.users[part], made, moment)
            say(f"{at + len(part):,} of {len(wanted):,} users")
        similar = 0 if users else write_similar(connection, given, moment)
    return Scored(given.trained.version, len(wanted), count, similar)


def user_rows(given: Inputs) -> sparse.csr_matrix:
    """Users of the shelf by items of the model, 1 if heard."""
    rows = aligned(given.data.matrix(), given.data.items, given.trained.items)
    place, known = marts.places(given.shelf.users, given.data.users)
    ones = np.ones(int(known.sum()), np.float32)
    shape = (len(given.shelf.users), len(given.data.users))
    return (sparse.csr_matrix((ones, (place[known], np.flatnonzero(known))), shape=shape) @ rows).tocsr()


def write_lists(
    connection: duckdb.DuckDBPyConnection, trained: artefacts.Trained, users: np.ndarray, made: Lists, moment: datetime
) -> int:
    """Add the rows of lists; returns how many."""
    at, rank = np.nonzero(made.items >= 0)
    frame = pd.DataFrame(
        {"u": at, "rank": rank + 1, "item": made.items[at, rank], "score": made.scores[at, rank].astype(float)}
        | {"reason": made.reasons[at, rank]}
        | {f"w{n}": made.why[at, rank, n] for n in range(MOST_WHY)}
        | {f"s{n}": made.share[at, rank, n].astype(float) for n in range(MOST_WHY)}
    )
    with _registered(connection, rows=frame, users=_keyed(users), items=_keyed(trained.items)):
        why = ", ".join(f"{{'track_key': i{n}.key, 'score_ratio': rows.s{n}}}" for n in range(MOST_WHY))
        joins = " ".join(f"left join items as i{n} on rows.w{n} = i{n}.n" for n in range(MOST_WHY))
        connection.execute(
            f"""
            insert into {store.SCHEMA}.top_n
            select users.key, rows.rank, items.key, rows.score, ?[rows.reason + 1],
                list_filter([{why}], lambda w: w.track_key is not null), ?, ?, ?
            from rows inner join users on rows.u = users.n inner join items on rows.item = items.n {joins}
            """,
            [list(REASONS), trained.version, moment, moment + store.LIFE],
        )
    return len(frame)


def neighbours(data: Interactions, shelf: marts.Shelf, k: int = NEIGHBOURS) -> tuple[np.ndarray, np.ndarray]:
    """Tracks of the shelf by k: the nearest offered tracks (-1 for none) and their cosine over users.

    Tracks that nobody heard together with another one get the popular ones of their genres, with similarity 0.
    """
    rows = aligned(data.matrix(), data.items, shelf.items)
    # more than k, because some of the nearest may be withdrawn
    near = models.fit_knn(rows, neighbours=5 * k).similarity.T.tocsr()
    near = near.multiply(shelf.offered[None].astype(np.float32)).tocsr()
    near.eliminate_zeros()
    found, similarity = np.full((len(shelf.items), k), -1), np.zeros((len(shelf.items), k))
    popular = np.lexsort((np.arange(len(shelf.items)), -shelf.popularity))
    popular = popular[shelf.offered[popular]]
    genres, by_popularity = shelf.item_genres, shelf.item_genres[popular].tocsc()
    for item in range(len(shelf.items)):
        begin, end = near.indptr[item : item + 2]
        order = np.lexsort((near.indices[begin:end], -near.data[begin:end]))[:k]
        found[item, : len(order)] = near.indices[begin:end][order]
        similarity[item, : len(order)] = near.data[begin:end][order]
        if len(order) < k:
            own = genres.indices[genres.indptr[item] : genres.indptr[item + 1]]
            fill = _popular_of(by_popularity, popular, own, k * 2 + 1)
            fill = fill[~np.isin(fill, [item, *found[item, : len(order)]])][: k - len(order)]
            found[item, len(order) : len(order) + len(fill)] = fill
    return found, similarity


def _popular_of(by_popularity: sparse.csc_matrix, popular: np.ndarray, genres: np.ndarray, most: int) -> np.ndarray:
    """The most popular offered tracks of these genres."""
    first = [by_popularity.indices[by_popularity.indptr[g] : by_popularity.indptr[g + 1]][:most] for g in genres]
    return popular[np.unique(np.concatenate(first))[:most]] if first else np.empty(0, int)


def write_similar(connection: duckdb.DuckDBPyConnection, given: Inputs, moment: datetime) -> int:
    """Write the neighbours of all tracks; returns how many rows."""
    items, values = neighbours(given.data, given.catalogue)
    ledger.touch(connection, [(store.SCHEMA, "similar_tracks")])
    connection.execute(f"truncate {store.SCHEMA}.similar_tracks")
    at, rank = np.nonzero(items >= 0)
    frame = pd.DataFrame({"t": at, "rank": rank + 1, "other": items[at, rank], "value": values[at, rank]})
    with _registered(connection, rows=frame, items=_keyed(given.catalogue.items)):
        connection.execute(
            f"""
            insert into {store.SCHEMA}.similar_tracks
            select own.key, rows.rank, other.key, rows.value, if(rows.value > 0, ?, ?), ?, ?, ?
            from rows inner join items as own on rows.t = own.n inner join items as other on rows.other = other.n
            """,
            [TOGETHER, SAME_GENRE, given.trained.version, moment, moment + store.LIFE],
        )
    return len(frame)


def similar(track: str) -> list[tuple[int, str, str, float, str]]:
    """Rank, key, name, similarity and reason of the tracks near to one, as they were last scored.

    Raises CrescendoError for a track that is not known, or if nothing was scored.
    """
    with warehouse.connect(read_only=True) as connection:
        if not store.is_prepared(connection):
            raise CrescendoError("nothing was scored yet: run `crescendo recommend train`, then `score`")
        known = "select count(*) from listening.dim_tracks_current where track_key = ?"
        if connection.execute(known, [track]).fetchone() == (0,):
            raise CrescendoError(
                f"there is no track {track!r}: `crescendo find NAME --type track` shows the key of each, behind track:"
            )
        return connection.execute(
            f"""
            select near.rank, near.similar_track_key, tracks.track_name, near.similarity_ratio, near.reason
            from {store.SCHEMA}.similar_tracks as near
            left join listening.dim_tracks_current as tracks on near.similar_track_key = tracks.track_key
            where near.track_key = ? order by near.rank
            """,
            [track],
        ).fetchall()


def _keyed(keys: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame({"n": np.arange(len(keys)), "key": keys.astype(object)})


@contextmanager
def _registered(connection: duckdb.DuckDBPyConnection, **frames: pd.DataFrame) -> Iterator[None]:
    """Frames under names for the block."""
    for name, frame in frames.items():
        connection.register(name, frame)
    yield
    for name in frames:
        connection.unregister(name)
