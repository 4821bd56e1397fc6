"""What the recommender reads of the warehouse."""

from dataclasses import dataclass
from datetime import date, timedelta

import duckdb
import numpy as np
from scipy import sparse

from crescendo import warehouse
from crescendo.analysis.recommend.matrix import Interactions, read
from crescendo.errors import CrescendoError

# the service's own listens
PAIRS, LISTENS = "listening.fct_user_track_interactions", "listening.fct_listens"
# of listens that were posted to us, those of users and tracks that are known
SERVED = """
    select served.user_key, served.track_key, served.heard_at as listened_at
    from staging.stg_served__listens as served
    semi join listening.user_features as users on served.user_key = users.user_key
    semi join listening.dim_tracks_current as tracks on served.track_key = tracks.track_key
    where served.heard_at is not null
"""
ALL_PAIRS = """
    select user_key, track_key, sum(plays) as plays, min(first_at) as first_at
    from (
        select user_key, track_key, listen_count as plays, first_listened_at as first_at from {pairs}
        union all
        select user_key, track_key, 1, listened_at from ({served})
    )
    group by user_key, track_key
"""
DATED_PAIRS = """
    select user_key, track_key, count(*) as plays, min(listened_at) as first_at
    from (
        select user_key, track_key, listened_at from {listens} union all from ({served})
    )
    where listened_at >= date '{first}' and listened_at < date '{last}' + 1
    group by user_key, track_key
"""
# a track that the last whole listing of tracks lacks was withdrawn
OFFERED = """
    select tracks.track_key,
        tracks.last_load_date >= coalesce(
            (select max(load_date) from listening.fct_listening_extractions where route = 'tracks' and is_complete),
            tracks.last_load_date
        ) as is_offered,
        coalesce(features.user_count, 0) as user_count
    from listening.dim_tracks_current as tracks
    left join listening.track_features as features on tracks.track_key = features.track_key
    order by tracks.track_key
"""
TRACK_GENRES = """
    select bridge.track_key as key, bridge.genre_id from listening.bridge_tracks_x_genres as bridge
    inner join listening.dim_listening_genres as genres on bridge.genre_id = genres.genre_id
    where genres.is_reference_genre
"""
USER_GENRES = "select user_key as key, genre_id from listening.bridge_users_x_favorite_genres"


@dataclass(frozen=True)
class Shelf:
    """What may be recommended, over the items of one model, and to whom.

    Args:
        items: keys of tracks, ascending.
        offered: whether an item may be recommended.
        popularity: how many users heard it.
        item_genres: items by genres, 1 if said of the track.
        users: keys, ascending.
        user_genres: users by genres, 1 if declared.
    """

    items: np.ndarray
    offered: np.ndarray
    popularity: np.ndarray
    item_genres: sparse.csr_matrix
    users: np.ndarray
    user_genres: sparse.csr_matrix


def missing(error: duckdb.CatalogException) -> CrescendoError:
    """What to say if a table is not there."""
    said = str(error).splitlines()[0]
    return CrescendoError(f"{warehouse.path()} lacks what recommending reads: run `crescendo build` ({said})")


def interactions(
    connection: duckdb.DuckDBPyConnection, last: date | None = None, window_days: int | None = None
) -> Interactions:
    """All interactions, or those of listens up to a day, of the `window_days` that end with it.

    Raises CrescendoError if there are none, or no tables.
    """
    try:
        if last is None and window_days is None:
            data = read(connection, ALL_PAIRS.format(pairs=PAIRS, served=SERVED))
        else:
            last = last or last_day(connection)
            first = last - timedelta((window_days or 36_500) - 1)
            data = read(connection, DATED_PAIRS.format(listens=LISTENS, served=SERVED, first=first, last=last))
    except duckdb.CatalogException as error:
        raise missing(error) from None
    if not len(data):
        raise CrescendoError("there are no listens to learn from: load some, and run `crescendo build`")
    return data


def last_day(connection: duckdb.DuckDBPyConnection) -> date:
    """The day of the last listen. Raises CrescendoError if there is none."""
    try:
        [(day,)] = connection.execute(f"select max(cast(listened_at as date)) from {LISTENS}").fetchall()
    except duckdb.CatalogException as error:
        raise missing(error) from None
    if day is None:
        raise CrescendoError("there are no listens to learn from: load some, and run `crescendo build`")
    return day


def last_load(connection: duckdb.DuckDBPyConnection) -> int | None:
    """The number of the last load; None if there was none."""
    [(number,)] = connection.execute("select max(_load_id) from load_audit.loads").fetchall()
    return number


def shelf(connection: duckdb.DuckDBPyConnection, items: np.ndarray) -> Shelf:
    """What may be recommended of these items (keys, ascending), and the genres that users declare."""
    try:
        tracks = connection.execute(OFFERED).fetchnumpy()
        users = connection.execute("select user_key from listening.user_features order by user_key").fetchnumpy()
        of_tracks = connection.execute(TRACK_GENRES).fetchnumpy()
        of_users = connection.execute(USER_GENRES).fetchnumpy()
    except duckdb.CatalogException as error:
        raise missing(error) from None
    user_keys = np.asarray(users["user_key"], dtype=object).astype(str)
    track_keys = np.asarray(tracks["track_key"], dtype=object).astype(str)
    place, known = places(items, track_keys)
    offered, popularity = np.zeros(len(items), bool), np.zeros(len(items), np.float32)
    offered[place[known]] = np.asarray(tracks["is_offered"], bool)[known]
    popularity[place[known]] = np.asarray(tracks["user_count"], np.float32)[known]
    genres = np.unique(np.concatenate([_texts(of_tracks["genre_id"]), _texts(of_users["genre_id"])]))
    return Shelf(
        items, offered, popularity, _marks(of_tracks, items, genres), user_keys, _marks(of_users, user_keys, genres)
    )


def places(keys: np.ndarray, wanted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where each wanted key is among `keys` (ascending), and whether it is there at all."""
    if not len(keys):
        return np.zeros(len(wanted), int), np.zeros(len(wanted), bool)
    place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return place, keys[place] == wanted


def _texts(column: np.ndarray) -> np.ndarray:
    return np.asarray(column, dtype=object).astype(str)


def _marks(rows: dict[str, np.ndarray], keys: np.ndarray, genres: np.ndarray) -> sparse.csr_matrix:
    row, known = places(keys, _texts(rows["key"]))
    column, _ = places(genres, _texts(rows["genre_id"]))
    ones = np.ones(int(known.sum()), np.float32)
    return sparse.csr_matrix((ones, (row[known], column[known])), shape=(len(keys), len(genres)))
