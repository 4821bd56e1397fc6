"""What the server knows: one state of the warehouse, and what was posted since. All of it can be made again.

The warehouse is opened for the moment of reading only, so loads and builds go on beside a server. Its file is looked
at every second; when it changed, or another one took its place, it is read again while the old state serves.
"""

import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import duckdb
import numpy as np
from scipy import sparse

from crescendo import warehouse
from crescendo.analysis.recommend import score, store
from crescendo.analysis.recommend.lists import REASONS, lists
from crescendo.analysis.recommend.posted import Journal, Listen
from crescendo.errors import CrescendoError

LOOK_EVERY = 0.25
STORED = f"""
    select user_key, min(model_version), min(scored_at), min(expires_at),
        to_json(list(struct_pack(rank := rank, track_key := track_key, score := recommended_score, reason := reason,
            why := why) order by rank))::varchar
    from {store.SCHEMA}.top_n group by user_key
"""
SIMILAR = f"""
    select near.track_key, to_json(list(struct_pack(rank := near.rank, track_key := near.similar_track_key,
        similarity := near.similarity_ratio, reason := near.reason) order by near.rank))::varchar
    from {store.SCHEMA}.similar_tracks as near group by near.track_key
"""
MODEL = f"""
    select v.model_version, v.model, v.settings, v.trained_at, v.learned_to_date, v.interaction_count,
        p.decision, p.decision_reason, p.decided_at
    from {store.SCHEMA}.model_promotions as p
    left join {store.SCHEMA}.model_versions as v on v.model_version = p.served_version
    order by p.decision_id desc limit 1
"""


@dataclass(frozen=True)
class Stored:
    """A list as it was scored: JSON of its rows."""

    version: str
    scored_at: datetime
    expires_at: datetime
    rows: str


@dataclass(frozen=True)
class State:
    """One state of the warehouse.

    Args:
        stamp: tells one state from another: version, inode and time of change of the file.
        rows: users of the shelf by items of the model.
    """

    stamp: str
    given: score.Inputs
    rows: sparse.csr_matrix
    users: dict[str, int]
    stored: dict[str, Stored]
    similar: dict[str, str]
    model: dict[str, object]
    withdrawn: frozenset[str]
    tracks: frozenset[str]

    def item(self, track: str) -> int | None:
        """The place of a track among the model's items; None if it is not there."""
        items = self.given.trained.items
        at = int(np.searchsorted(items, track))
        return at if at < len(items) and items[at] == track else None

    def heard(self, user: str) -> np.ndarray:
        """The items that the warehouse says a user heard."""
        if (at := self.users.get(user)) is None:
            return np.empty(0, int)
        return self.rows.indices[self.rows.indptr[at] : self.rows.indptr[at + 1]]


def stamp_of(file: Path) -> tuple[int, int, int]:
    """What changes when a file does: inode, time of change, size."""
    told = file.stat()
    return told.st_ino, told.st_mtime_ns, told.st_size


def read(connection: duckdb.DuckDBPyConnection, stamp: tuple[int, int, int]) -> State:
    """The state of a warehouse. Raises CrescendoError if there is no model, or no tables."""
    given = score.inputs(connection)
    stored = {
        row[0]: Stored(*row[1:])
        for row in connection.execute(STORED).fetchall()
    }  # fmt: skip
    names = ("model_version", "model", "settings", "trained_at", "learned_to_date", "interaction_count", "decision",
             "decision_reason", "decided_at")  # fmt: skip
    told = connection.execute(MODEL).fetchone() or ()
    catalogue = given.catalogue
    return State(
        stamp=f"{given.trained.version}:{':'.join(map(str, stamp))}",
        given=given,
        rows=score.user_rows(given),
        users={key: at for at, key in enumerate(given.shelf.users.tolist())},
        stored=stored,
        similar=dict(connection.execute(SIMILAR).fetchall()),
        model={name: str(value) for name, value in zip(names, told, strict=False)},
        withdrawn=frozenset(catalogue.items[~catalogue.offered].tolist()),
        tracks=frozenset(catalogue.items.tolist()),
    )  # fmt: skip


@dataclass
class Live:
    """The state that serves, and what was posted to it, by user."""

    journal: Journal
    state: State
    posted: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    seen: tuple[int, int, int] = (0, 0, 0)
    trouble: str = ""
    stopping: threading.Event = field(default_factory=threading.Event)

    def post(self, listens: list[Listen]) -> None:
        """Keep listens: on the disk first, then here. Raises OSError."""
        self.journal.write(listens)
        self._note(listens)

    def _note(self, listens: list[Listen]) -> None:
        for listen in listens:
            item = self.state.item(listen.track_key)
            # of a track that the model does not know no list depends
            if item is not None and item not in self.state.heard(listen.user_key):
                self.posted[listen.user_key].add(item)

    def recall(self) -> None:
        """What was posted before and is in no warehouse yet."""
        self.posted.clear()
        self._note(list(self.journal.read()))

    def heard_since(self, user: str) -> list[int]:
        """Items of the model that were posted of a user and are not in the warehouse yet, sorted."""
        return sorted(self.posted.get(user, ()))

    def on_demand(self, user: str, n: int) -> list[dict]:
        """The rows of a list, scored now from all that the user heard."""
        state = self.state
        trained, shelf, at = state.given.trained, state.given.shelf, state.users[user]
        heard = np.union1d(state.heard(user), np.array(self.heard_since(user), int))
        ones = np.ones(len(heard), np.float32)
        row = sparse.csr_matrix((ones, (np.zeros(len(heard), int), heard)), shape=(1, state.rows.shape[1]))
        made = lists(trained.model, shelf, row, shelf.user_genres[at], n)
        return [
            {
                "rank": place + 1,
                "track_key": str(trained.items[item]),
                "score": float(made.scores[0, place]),
                "reason": REASONS[made.reasons[0, place]],
                "why": [
                    {"track_key": str(trained.items[w]), "score_ratio": float(s)}
                    for w, s in zip(made.why[0, place], made.share[0, place], strict=True)
                    if w >= 0
                ],
            }
            for place, item in enumerate(made.items[0])
            if item >= 0
        ]

    def look(self) -> bool:
        """Read the warehouse again if its file changed; whether it did. A failure is told and tried again."""
        try:
            now = stamp_of(warehouse.path())
            if now == self.seen:
                return False
            with warehouse.connect(read_only=True, wait=0.1) as connection:
                state = read(connection, now)
            # a file that changes while it is read has another stamp by now, and is read again
            self.state, self.seen, self.trouble = state, now, ""
            self.recall()
            return True
        except (CrescendoError, OSError, duckdb.Error) as error:
            self.trouble = str(error).splitlines()[0]
            return False

    def watch(self) -> None:
        """Look until `stopping`, in a thread of its own."""
        while not self.stopping.wait(LOOK_EVERY):
            self.look()


def begin(landing: Path) -> Live:
    """The server's state from the warehouse and the journal. Raises CrescendoError."""
    now = time.monotonic()
    while True:
        stamp = stamp_of(warehouse.path()) if warehouse.path().exists() else (0, 0, 0)
        with warehouse.connect(read_only=True) as connection:
            state = read(connection, stamp)
        if stamp_of(warehouse.path()) == stamp or time.monotonic() > now + 60:
            break
    live = Live(Journal(landing), state, seen=stamp)
    live.recall()
    return live
