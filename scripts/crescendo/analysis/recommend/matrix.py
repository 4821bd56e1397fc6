"""The user-item matrix: who heard what, how often, and when first."""

from dataclasses import dataclass
from hashlib import sha256

import duckdb
import numpy as np
from scipy import sparse


@dataclass(frozen=True)
class Interactions:
    """One row per user and item, sorted by user and item.

    Args:
        users, items: keys, ascending; a user or item is its place in them.
        user, item: places, int32, one per row.
        plays: how often, float32, above 0 (a rating, if ratings are what is known).
        at: when first, seconds since 1970 as float64.
    """

    users: np.ndarray
    items: np.ndarray
    user: np.ndarray
    item: np.ndarray
    plays: np.ndarray
    at: np.ndarray

    def __len__(self) -> int:
        return len(self.user)

    def matrix(self) -> sparse.csr_matrix:
        """Users by items, 1 if the user heard the item, float32."""
        shape = (len(self.users), len(self.items))
        return sparse.csr_matrix((np.ones(len(self), np.float32), (self.user, self.item)), shape=shape)

    def where(self, keep: np.ndarray) -> "Interactions":
        """The rows that `keep` (booleans) marks; users and items stay as they are."""
        return Interactions(self.users, self.items, self.user[keep], self.item[keep], self.plays[keep], self.at[keep])

    def digest(self) -> str:
        """64 hexadecimal digits of the content: the same rows have the same digest."""
        made = sha256()
        for keys in (self.users, self.items):
            made.update("\x1f".join(map(str, keys)).encode())
        for column in (self.user, self.item, self.plays, self.at):
            made.update(np.ascontiguousarray(column).tobytes())
        return made.hexdigest()


def from_rows(users: np.ndarray, items: np.ndarray, plays: np.ndarray, at: np.ndarray) -> Interactions:
    """Interactions from parallel columns of keys, plays and seconds; a pair occurs once."""
    user_keys, user = np.unique(users, return_inverse=True)
    item_keys, item = np.unique(items, return_inverse=True)
    order = np.lexsort((item, user))
    return Interactions(
        user_keys,
        item_keys,
        user[order].astype(np.int32),
        item[order].astype(np.int32),
        plays[order].astype(np.float32),
        at[order].astype(np.float64),
    )


def read(connection: duckdb.DuckDBPyConnection, pairs: str) -> Interactions:
    """The interactions of a relation.

    Args:
        pairs: SQL of a query with user_key, track_key, plays and first_at (timestamp), one row per user and track.
    """
    connection.execute(f"create or replace temp table pairs as {pairs}")
    keys = []
    for column in ("user_key", "track_key"):
        connection.execute(
            f"create or replace temp table {column}s as select {column}, row_number() over (order by {column}) - 1 as n"
            f" from (select {column} from pairs group by {column})"
        )
        found = connection.execute(f"select {column} from {column}s order by n").fetchnumpy()[column]
        keys.append(np.asarray(found, dtype=object).astype(str) if len(found) else np.empty(0, "<U1"))
    rows = connection.execute("""
        select u.n::integer as u, t.n::integer as t, p.plays::float as plays, epoch(p.first_at) as at
        from pairs as p inner join user_keys as u using (user_key) inner join track_keys as t using (track_key)
        order by u.n, t.n
    """).fetchnumpy()
    connection.execute("drop table pairs; drop table user_keys; drop table track_keys")
    at = np.ma.filled(np.ma.asarray(rows["at"], dtype=np.float64), 0.0)
    return Interactions(keys[0], keys[1], rows["u"], rows["t"], np.asarray(rows["plays"], np.float32), at)


def aligned(rows: sparse.csr_matrix, items: np.ndarray, target: np.ndarray) -> sparse.csr_matrix:
    """The same rows over the items of `target` (keys, ascending); what is not in it is dropped."""
    if items is target or (len(items) == len(target) and bool(np.all(items == target))):
        return rows
    place = np.searchsorted(target, items)
    place[place == len(target)] = 0
    known = target[place] == items if len(target) else np.zeros(len(items), bool)
    to = sparse.csr_matrix(
        (np.ones(int(known.sum()), np.float32), (np.flatnonzero(known), place[known])), shape=(len(items), len(target))
    )
    return (rows @ to).tocsr()
