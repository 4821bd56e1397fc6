"""Has listening changed? Distances between a window and the days before it, held against what is usual.

Windows of `days` days follow each other back from the last one. Each is compared with the REFERENCE windows before it;
the distances of earlier windows are the null band, and the window of now has drifted if a distance lies above the
upper end of their prediction interval. So the band knows how much such windows differ anyway: no fixed threshold does.

| measure | what it is, between a window and the windows before it |
|---|---|
| `genre_share` | Jensen-Shannon distance of the shares of genres |
| `track_share` | the same of the shares of tracks |
| `user_activity` | the same of how many listens a user has in a window, by ACTIVITY |
| `new_user_share` | share of the window's users who never listened before |
| `new_track_share` | share of the tracks heard in it that were never heard before |
| `taste` | share of the listens that a user's own earlier genres do not account for |

A Jensen-Shannon distance is the square root of the divergence to base 2: 0 for equal shares, 1 for disjoint ones.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import duckdb
import numpy as np
from scipy import sparse, stats

from crescendo.analysis.recommend import marts, store

MEASURES = ("genre_share", "track_share", "user_activity", "new_user_share", "new_track_share", "taste")
ACTIVITY = (1, 2, 3, 5, 10, 20, 50)  # lower bounds of the classes of listens a user has in a window
REFERENCE, MOST_EARLIER, LEAST_EARLIER = 21, 28, 6
LEAST_LISTENS = 200
# how often a check of a world without drift may find one, over all its measures
ALARM = 0.002
ROWS = """
    select (date '{last}' - cast(listened_at as date)) // {days} as back, user_key, track_key, count(*) as n
    from {listens}
    where cast(listened_at as date) between date '{first}' and date '{last}'
    group by all
"""
FIRSTS = """
    select (date '{last}' - cast(min(listened_at) as date)) // {days} as back
    from {listens} where cast(listened_at as date) <= date '{last}' group by {key}
"""


@dataclass(frozen=True)
class Measured:
    """A measure of the window: its value, what is usual, the upper end of the band, and what follows."""

    measure: str
    value: float | None
    expected: float | None
    highest: float | None
    status: str


@dataclass(frozen=True)
class Check:
    """All measures of one window."""

    first: date
    last: date
    listens: int
    reference_listens: int
    measured: tuple[Measured, ...]

    @property
    def has_drifted(self) -> bool:
        """Whether any measure lies above its band."""
        return any(one.status == "drift" for one in self.measured)


@dataclass(frozen=True)
class Windows:
    """Counts of listens by window, 0 is the newest: windows by tracks, by genres, by users, by users x genres (sparse).

    `new_users` and `new_tracks`: of each window, how many users and tracks are in their first one.
    """

    tracks: np.ndarray
    genres: np.ndarray
    users: np.ndarray
    tastes: list[sparse.csr_matrix]
    new_users: np.ndarray
    new_tracks: np.ndarray

    @property
    def listens(self) -> np.ndarray:
        """Listens of each window."""
        return self.tracks.sum(axis=1)


def jensen_shannon(one: np.ndarray, other: np.ndarray) -> float:
    """The distance of two vectors of counts, 0 to 1; 1 if one of them is empty."""
    if not one.sum() or not other.sum():
        return 1.0
    p, q = one / one.sum(), other / other.sum()
    middle = (p + q) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        divergence = sum(np.nansum(np.where(part > 0, part * np.log2(part / middle), 0)) / 2 for part in (p, q))
    return float(np.sqrt(max(divergence, 0.0)))


def measure(windows: Windows, at: int, reference: int) -> dict[str, float]:
    """Every measure of one window against the `reference` windows before it."""
    before = slice(at + 1, at + 1 + reference)
    users, tracks = ((counts[at] > 0).sum() for counts in (windows.users, windows.tracks))
    return {
        "genre_share": jensen_shannon(windows.genres[at], windows.genres[before].sum(axis=0)),
        "track_share": jensen_shannon(windows.tracks[at], windows.tracks[before].sum(axis=0)),
        "user_activity": jensen_shannon(_classes(windows.users[at]), _classes(windows.users[before])),
        "new_user_share": float(windows.new_users[at] / max(users, 1)),
        "new_track_share": float(windows.new_tracks[at] / max(tracks, 1)),
        "taste": _taste(windows.tastes[at], sum(windows.tastes[before][1:], windows.tastes[before][0])),
    }


def _classes(counts: np.ndarray) -> np.ndarray:
    place = np.searchsorted(ACTIVITY, counts[counts > 0], side="right")
    return np.bincount(place, minlength=len(ACTIVITY) + 1)


def _taste(now: sparse.csr_matrix, before: sparse.csr_matrix) -> float:
    """1 less the mean, over the listens of users known before, of the share that their genre had of the user's."""
    total = np.asarray(before.sum(axis=1)).ravel()
    known = np.asarray(now.sum(axis=1)).ravel() * (total > 0)
    if not known.sum():
        return 1.0
    accounted = np.asarray(now.multiply(before).sum(axis=1)).ravel() / np.maximum(total, 1)
    return 1 - float(accounted.sum() / known.sum())


def read(connection: duckdb.DuckDBPyConnection, last: date, days: int) -> Windows:
    """The windows that end with `last`, as many as there are listens for and the band can use."""
    first = last - timedelta(days * (1 + REFERENCE + MOST_EARLIER) - 1)
    told = {"listens": marts.LISTENS, "first": first, "last": last, "days": days}
    rows = connection.execute(ROWS.format(**told)).fetchnumpy()
    back = np.asarray(rows["back"], int)
    size = int(back.max()) + 1 if len(back) else 0
    count = np.asarray(rows["n"], float)
    user_keys, user = np.unique(_texts(rows["user_key"]), return_inverse=True)
    track_keys, track = np.unique(_texts(rows["track_key"]), return_inverse=True)
    tracks, users = np.zeros((size, len(track_keys))), np.zeros((size, len(user_keys)))
    np.add.at(tracks, (back, track), count)
    np.add.at(users, (back, user), count)
    genres = _track_genres(connection, track_keys)
    tastes = []
    for at in range(size):
        here = back == at
        heard = sparse.csr_matrix((count[here], (user[here], track[here])), shape=(len(user_keys), len(track_keys)))
        tastes.append((heard @ genres).tocsr())
    new_users = np.bincount(_firsts(connection, "user_key", told), minlength=size)[:size]
    new_tracks = np.bincount(_firsts(connection, "track_key", told), minlength=size)[:size]
    return Windows(tracks, tracks @ genres, users, tastes, new_users, new_tracks)


def _firsts(connection: duckdb.DuckDBPyConnection, key: str, told: dict) -> np.ndarray:
    return np.asarray(connection.execute(FIRSTS.format(key=key, **told)).fetchnumpy()["back"], int)


def _texts(column: np.ndarray) -> np.ndarray:
    return np.asarray(column, dtype=object).astype(str)


def _track_genres(connection: duckdb.DuckDBPyConnection, tracks: np.ndarray) -> sparse.csr_matrix:
    """Tracks by genres; a track of two genres counts half for each, one of none for a genre of its own."""
    rows = connection.execute(marts.TRACK_GENRES).fetchnumpy()
    names, column = np.unique(_texts(rows["genre_id"]), return_inverse=True)
    place, known = marts.places(tracks, _texts(rows["key"]))
    shape = (len(tracks), len(names) + 1)
    marks = sparse.csr_matrix((np.ones(int(known.sum())), (place[known], column[known])), shape=shape)
    total = np.asarray(marks.sum(axis=1)).ravel()
    none = sparse.csr_matrix(
        (np.ones(int((total == 0).sum())), (np.flatnonzero(total == 0), np.full(int((total == 0).sum()), len(names)))),
        shape=shape,
    )
    return (sparse.diags(1 / np.maximum(total, 1)) @ marks + none).tocsr()


def check(connection: duckdb.DuckDBPyConnection, last: date, days: int = 1) -> Check:
    """Whether the window of `days` days that ends with `last` has drifted, measure by measure.

    Raises CrescendoError if a table is missing.
    """
    try:
        windows = read(connection, last, days)
    except duckdb.CatalogException as error:
        raise marts.missing(error) from None
    size = len(windows.listens)
    reference = min(REFERENCE, (size - 1) // 2)
    earlier = min(MOST_EARLIER, size - 1 - reference)
    listens = int(windows.listens[0]) if size else 0
    before = int(windows.listens[1 : 1 + reference].sum()) if size else 0
    first = last - timedelta(days - 1)
    if earlier < LEAST_EARLIER or listens < LEAST_LISTENS:
        nothing = tuple(Measured(name, None, None, None, "too_few") for name in MEASURES)
        return Check(first, last, listens, before, nothing)
    now = measure(windows, 0, reference)
    usual = [measure(windows, at, reference) for at in range(1, earlier + 1)]
    measured = tuple(_judged(name, now[name], np.array([one[name] for one in usual])) for name in MEASURES)
    return Check(first, last, listens, before, measured)


def _judged(name: str, value: float, usual: np.ndarray) -> Measured:
    """A value against the upper end of the prediction interval of what is usual.

    Of shares of what is new, counts of a few, the root is taken first: its spread does not depend on the mean.
    """
    count, power = len(usual), 2 if name.startswith("new_") else 1
    rooted = usual ** (1 / power)
    quantile = float(stats.t.ppf(1 - ALARM / len(MEASURES), count - 1))
    highest = float(rooted.mean() + quantile * rooted.std(ddof=1) * np.sqrt(1 + 1 / count)) ** power
    return Measured(name, value, float(usual.mean()), highest, "drift" if value > highest else "stable")


def write(connection: duckdb.DuckDBPyConnection, found: Check) -> int:
    """Add a check to the warehouse, a row for each measure; returns its number."""
    number, moment = store.next_id(connection, "drift_checks", "check_id"), store.now()
    for one in found.measured:
        row = {
            "check_id": number, "checked_at": moment, "measure": one.measure, "window_first_date": found.first,
            "window_last_date": found.last, "drift_value": one.value, "expected_value": one.expected,
            "highest_value": one.highest, "window_listen_count": found.listens,
            "reference_listen_count": found.reference_listens, "drift_status": one.status,
        }  # fmt: skip
        store.insert(connection, "drift_checks", row)
    return number
