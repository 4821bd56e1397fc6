"""A simulator of the MooVitamix service: its routes, envelope, bounds and errors, over made-up listeners.

- `faithful`: lists drawn once, uniformly, with no sense in them, as the original does. Another seed is another
  universe; ids of tracks and users share one pool of 1 to 100,000 and recur in other universes for other things.
- `evolving`: one universe whose ids stay. Every day since EPOCH adds users and tracks, changes some of them, and lets
  some users listen: DEVOTION of what they hear is of one of their two favourite genres, by the popularity of tracks.
  From the day of `drift` on half of the users like other genres. A user's row holds the latest session.

`plant` spoils SPOILED of the rows in the ways that DIRT names.
"""

import json
import random
import string
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any

import numpy as np
from fastapi import FastAPI, Query, Request
from fastapi.responses import RedirectResponse, Response

from crescendo.errors import CrescendoError
from crescendo.http.server import Disturbed, Faults, chance
from crescendo.sources import words
from crescendo.sources.moovitamix.shapes import SOURCE

ROUTES = SOURCE.endpoints
ROWS = 1000
ID_MAX = 100_000
ITEMS = 5
EPOCH = date(2025, 1, 1)
NEW_A_DAY = 5  # users, and as many tracks
CHANGED_SHARE = 0.01
ACTIVE_SHARE = 0.3
DEVOTION = 0.75
# fmt: off
GENRES = (
    "Rock", "Pop", "Hip Hop", "Jazz", "Electronic", "Classical", "Country", "Blues", "R&B",
    "Reggae", "Folk", "Metal", "Punk", "Funk", "Indie", "Alternative", "Techno",
)
GENDERS = (
    "Male", "Female", "Non-binary", "Genderqueer", "Genderfluid", "Agender", "Bigender",
    "Gender questioning", "Gender nonconforming",
)
# fmt: on
SURNAMES = [f"{stem}{ending}" for stem in words.STEM for ending in words.ENDING]
# some thousand words without a meaning, and two that happen to be genres
WORDS = [*(name.lower() for name in SURNAMES[:998]), "rock", "folk"]
MODES = ("faithful", "evolving")
SPOILED = 0.01

Rows = dict[str, list[dict[str, Any]]]


def universe(mode: str, seed: int, day: date, drift: date | None = None, dirt: Iterable[str] = ()) -> Rows:
    """The rows of each route on a day.

    Raises:
        CrescendoError: an evolving universe is asked for a day before its first.
    """
    rows = faithful(seed, day) if mode == "faithful" else Evolving(seed, drift).on(day)
    return plant(rows, seed, frozenset(dirt))


def faithful(seed: int, day: date) -> Rows:
    """Lists as the original draws them; `day` is what it takes for now."""
    draw = random.Random(f"{seed}:faithful")  # noqa: S311 no secret
    now = datetime.combine(day, time(12))
    ids = draw.sample(range(1, ID_MAX + 1), 2 * ROWS)
    tracks = [
        {
            "id": number,
            "name": draw.choice(WORDS),
            "artist": _person(draw),
            "songwriters": _person(draw),
            "duration": f"{draw.randrange(60):02d}:{draw.randrange(60):02d}",
            "genres": draw.choice(WORDS),
            "album": draw.choice(WORDS),
            "created_at": _within(draw, now, 730),
            "updated_at": _within(draw, now, 365),
        }
        for number in ids[:ROWS]
    ]
    users = [
        {
            **_user(draw, number, draw.choice(GENRES)),
            "created_at": _within(draw, now, 730),
            "updated_at": _within(draw, now, 365),
        }
        for number in ids[ROWS:]
    ]
    history = []
    for user in users:
        created = _within(draw, now, 730)
        rest = now - datetime.fromisoformat(created)
        history.append(
            {
                "user_id": user["id"],
                "items": draw.sample(ids[:ROWS], ITEMS),
                "created_at": created,
                "updated_at": (now - rest * draw.random()).isoformat(timespec="microseconds"),
            }
        )
    return {"tracks": tracks, "users": users, "listen_history": history}


@dataclass
class Evolving:
    """One universe through time; asked for ascending days it goes on from the last one."""

    seed: int
    drift: date | None = None
    tracks: list[dict] = field(default_factory=list)
    users: list[dict] = field(default_factory=list)
    sessions: dict[int, dict] = field(default_factory=dict)
    genre_of: list[int] = field(default_factory=list)  # of each track
    fame: list[float] = field(default_factory=list)  # of each track
    liked: list[tuple[int, int]] = field(default_factory=list)  # of each user
    reached: date = EPOCH - timedelta(1)

    def __post_init__(self) -> None:
        self._draw = random.Random(f"{self.seed}:evolving")  # noqa: S311 no secret
        self._ids = iter(self._draw.sample(range(1, ID_MAX + 1), ID_MAX))

    def on(self, day: date) -> Rows:
        """The rows at the end of a day, which must not be before the last one asked for."""
        if day < max(self.reached, EPOCH):
            raise CrescendoError(f"{day} is before {max(self.reached, EPOCH)}, where this universe begins")
        while self.reached < day:
            self.reached += timedelta(1)
            self._live(self.reached)
        history = [self.sessions[user["id"]] for user in self.users if user["id"] in self.sessions]
        return {
            "tracks": [dict(track) for track in self.tracks],
            "users": [dict(user) for user in self.users],
            "listen_history": [dict(session) for session in history],
        }

    def _live(self, day: date) -> None:
        draw = self._draw = random.Random(f"{self.seed}:{day}")  # noqa: S311 no secret
        is_first = not self.users
        for _ in range(ROWS if is_first else NEW_A_DAY):
            born = _within(draw, datetime.combine(day, time(0)), 730) if is_first else _moment(draw, day)
            self._add_track(born)
            self._add_user(born)
        for track in draw.sample(self.tracks, int(len(self.tracks) * CHANGED_SHARE)):
            track |= {"album": draw.choice(WORDS), "updated_at": _moment(draw, day)}
        for user in draw.sample(self.users, int(len(self.users) * CHANGED_SHARE)):
            user |= {"email": _email(draw), "updated_at": _moment(draw, day)}
        if day == self.drift:
            for at in range(0, len(self.liked), 2):
                first, second = self.liked[at]
                self.liked[at] = (first + 5) % len(GENRES), (second + 5) % len(GENRES)
        self._listen(day)

    def _add_track(self, born: str) -> None:
        draw, genre = self._draw, self._draw.randrange(len(GENRES))
        told = GENRES[genre] if draw.random() < 0.8 else f"{GENRES[genre].lower()}, {draw.choice(GENRES)}"
        self.genre_of.append(genre)
        self.fame.append(1 / (1 + 50 * draw.random()))
        self.tracks.append(
            {
                "id": next(self._ids),
                "name": draw.choice(WORDS),
                "artist": _person(draw),
                "songwriters": _person(draw),
                "duration": f"{draw.randrange(1, 8):02d}:{draw.randrange(60):02d}",
                "genres": told,
                "album": draw.choice(WORDS),
                "created_at": born,
                "updated_at": born,
            }
        )

    def _add_user(self, born: str) -> None:
        first, second = self._draw.sample(range(len(GENRES)), 2)
        self.liked.append((first, second))
        # not everyone listens to what they say they like
        declared = GENRES[first] if self._draw.random() < 0.8 else self._draw.choice(GENRES)
        user = _user(self._draw, next(self._ids), declared)
        self.users.append({**user, "created_at": born, "updated_at": born})

    def _listen(self, day: date) -> None:
        rng = np.random.default_rng([self.seed, day.toordinal()])
        weight, genre_of = np.array(self.fame), np.array(self.genre_of)
        shelves = [np.flatnonzero(genre_of == genre) for genre in range(len(GENRES))] + [np.arange(len(weight))]
        active = np.flatnonzero(rng.random(len(self.users)) < ACTIVE_SHARE)
        liked = np.array(self.liked)[active]
        picks = 4 * ITEMS  # enough for five different ones, but for the thinnest shelves
        shelf = np.where(
            rng.random((len(active), picks)) < DEVOTION,
            np.take_along_axis(liked, (rng.random((len(active), picks)) < 0.3).astype(int), 1),
            len(GENRES),
        )
        heard = np.empty(shelf.shape, int)
        for number, tracks in enumerate(shelves):
            at = shelf == number
            odds = weight[tracks] / weight[tracks].sum() if len(tracks) else None
            heard[at] = (
                rng.choice(tracks, at.sum(), p=odds) if len(tracks) else rng.integers(len(weight), size=at.sum())
            )
        for user, tracks in zip(active, heard, strict=True):
            began = _moment(self._draw, day)
            ids = [self.tracks[at]["id"] for at in dict.fromkeys(tracks.tolist())][:ITEMS]
            number = self.users[user]["id"]
            self.sessions[number] = {"user_id": number, "items": ids, "created_at": began, "updated_at": began}


def plant(rows: Rows, seed: int, dirt: frozenset[str]) -> Rows:
    """The rows with some of them spoiled."""

    def spoiled(kind: str, number: int) -> bool:
        return kind in dirt and chance(seed, kind, number) < SPOILED

    for track in rows["tracks"]:
        if spoiled("bad-duration", track["id"]):
            track["duration"] = "03:75"
    for user in rows["users"]:
        if spoiled("uppercase-email", user["id"]):
            user["email"] = user["email"].upper()
    for session in rows["listen_history"]:
        if spoiled("unknown-ids", session["user_id"]):
            session["items"] = [*session["items"][:-1], ID_MAX + session["user_id"]]
        if spoiled("null-items", session["user_id"]):
            session["items"] = None
    return rows


def application(rows: Callable[[int], Rows], faults: Faults | None = None, restart_after: int = 15) -> Disturbed:
    """The service as an ASGI application.

    Args:
        rows: the universe after so many restarts.
        faults: beside those of a network, of SERVING: `restart` comes after `restart_after` answers.
    """
    faults = faults or Faults()
    app = FastAPI(title="MooVitamix", description="A music recommendation system.", version="1.1")
    universes: list[Rows] = [rows(0)]

    @app.get("/")
    def docs_redirect() -> RedirectResponse:
        return RedirectResponse("/docs")

    def page_of(route: str, most: int) -> Callable:
        async def page(
            request: Request,
            page: Annotated[int, Query(ge=1, description="Page number")] = 1,
            size: Annotated[int, Query(ge=1, le=most)] = most,
        ) -> Response:
            if "restart" in faults.kinds and faults.served.total() >= restart_after and len(universes) == 1:
                universes.append(rows(1))
            found = universes[-1][route]
            if "size-ignored" in faults.kinds:
                size = most
            shown = page
            first = faults.asked[f"{request.url.path}?{request.url.query}"] <= 1
            if page > 1 and faults.disturbs("duplicate-page", f"{route}{page}", first):
                shown = page - 1
            items = found[(shown - 1) * size : shown * size]
            pages = -(-len(found) // size)
            body = {"items": items, "total": len(found), "page": page, "size": size, "pages": pages}
            return Response(json.dumps(body), media_type="application/json")

        page.__name__ = f"get_{route}"
        return page

    for route, endpoint in ROUTES.items():
        app.get(endpoint.path, tags=["HTTP methods"])(page_of(route, endpoint.limit))
    return Disturbed(app, faults)


def _person(draw: random.Random) -> str:
    title = draw.choice(("Dr. ", "Mrs. ")) if draw.random() < 0.02 else ""
    suffix = draw.choice((" MD", " Jr.")) if draw.random() < 0.02 else ""
    return f"{title}{draw.choice(words.FIRST)} {draw.choice(SURNAMES)}{suffix}"


def _email(draw: random.Random) -> str:
    name = "".join(draw.choices(string.ascii_lowercase, k=2)) + draw.choice(WORDS[:60]) + str(draw.randrange(100))
    return f"{name}@example.{draw.choice(('com', 'org', 'net'))}"


def _user(draw: random.Random, number: int, declared: str) -> Mapping[str, Any]:
    return {
        "id": number,
        "first_name": draw.choice(words.FIRST),
        "last_name": draw.choice(SURNAMES),
        "email": _email(draw),
        "gender": draw.choice(GENDERS),
        "favorite_genres": declared,
    }


def _within(draw: random.Random, now: datetime, days: int) -> str:
    return (now - timedelta(seconds=draw.random() * days * 86400)).isoformat(timespec="microseconds")


def _moment(draw: random.Random, day: date) -> str:
    begin = datetime.combine(day, time(0))
    return (begin + timedelta(seconds=draw.random() * 86399)).isoformat(timespec="microseconds")
