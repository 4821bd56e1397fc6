"""Serve lists over HTTP. A list that expired, or that something new was posted to, is scored anew and says so."""

import json
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from uuid import uuid4

from fastapi import FastAPI, HTTPException, Query, Request
from fastapi import Path as InPath
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field
from threadpoolctl import threadpool_limits

from crescendo.analysis.recommend.cache import Cache
from crescendo.analysis.recommend.live import Live, Stored
from crescendo.analysis.recommend.posted import Listen
from crescendo.analysis.recommend.store import LIFE, now

LONGEST, MOST_POSTED, LARGEST_BODY = 100, 1000, 1 << 20
SWITCH = 0.0002  # seconds
AHEAD = timedelta(days=1)  # a clock may be wrong, a listen of next year is a mistake
EXAMPLE = {
    "user_key": "17",
    "model_version": "ease-ee29eee24992",
    "served": "stored",
    "because": None,
    "scored_at": "2025-05-27T04:00:00Z",
    "expires_at": "2025-05-28T04:00:00Z",
    "recommendations": [
        {"rank": 1, "track_key": "4711", "score": 0.215, "reason": "heard",
         "why": [{"track_key": "19783", "score_ratio": 0.31}]}
    ],
}  # fmt: skip
SIMILAR_EXAMPLE = {
    "track_key": "4711",
    "model_version": "ease-ee29eee24992",
    "similar": [{"rank": 1, "track_key": "813", "similarity": 0.41, "reason": "heard_together"}],
}
KEY = Annotated[str, InPath(min_length=1, max_length=100)]


class Posted(BaseModel):
    """A listen that happened."""

    model_config = ConfigDict(extra="forbid")
    user_key: str = Field(min_length=1, max_length=100, examples=["17"])
    track_key: str = Field(min_length=1, max_length=100, examples=["4711"])
    listened_at: datetime | None = Field(None, description="UTC if it names no zone; without it, now.")
    event_id: str | None = Field(None, min_length=1, max_length=100, description="Without it, one is drawn.")


class Batch(BaseModel):
    """Listens that happened, all kept or none."""

    model_config = ConfigDict(extra="forbid")
    listens: list[Posted] = Field(min_length=1, max_length=MOST_POSTED)


def said(status: int, detail: str) -> JSONResponse:
    """A refusal in one sentence."""
    return JSONResponse({"detail": detail}, status)


def answered(body: bytes) -> Response:
    """An answer that is JSON already."""
    return Response(body, media_type="application/json")


def application(live: Live, cache: Cache) -> FastAPI:
    """The routes over a state and a cache."""

    @asynccontextmanager
    async def watched(_: FastAPI) -> AsyncIterator[None]:
        watching = threading.Thread(target=live.watch, daemon=True)
        # an answer takes the interpreter's lock a few times; while the warehouse is read, it would wait 5 ms for each
        sys.setswitchinterval(SWITCH)
        # one list is a small product: threads would cost more than they bring
        with threadpool_limits(1):
            watching.start()
            yield
        live.stopping.set()

    app = FastAPI(
        title="Crescendo recommends",
        summary="Who may like which track, and why.",
        lifespan=watched,
        docs_url=None,
        redoc_url=None,
    )
    app.add_exception_handler(RequestValidationError, _invalid)  # type: ignore[arg-type]
    _list_routes(app, live, cache)
    _state_routes(app, live)
    app.add_middleware(Bounded)
    return app


async def _invalid(_: Request, error: RequestValidationError) -> JSONResponse:
    first = error.errors()[0]
    if first["type"] == "json_invalid":
        return said(422, "the body is no JSON: post an object with a list named listens")
    place = ".".join(str(part) for part in first["loc"] if part not in ("query", "path"))
    return said(422, f"{place}: {first['msg'][0].lower()}{first['msg'][1:]}")


class Bounded:
    """An ASGI application before which no body is larger than LARGEST_BODY, whatever its header says."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: dict, receive: Any, send: Any) -> None:
        """Hand a request on, with its body read."""
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD"):
            await self.app(scope, receive, send)
            return
        body, more = b"", True
        while more and len(body) <= LARGEST_BODY:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        if len(body) > LARGEST_BODY:
            refused = said(413, f"the body is larger than {LARGEST_BODY:,} bytes: post fewer listens at once")
            await refused(scope, receive, send)
            return
        parts = iter([{"type": "http.request", "body": body, "more_body": False}])

        async def again() -> dict:
            return next(parts, None) or await receive()

        await self.app(scope, again, send)


def _list_routes(app: FastAPI, live: Live, cache: Cache) -> None:
    @app.get(
        "/users/{user_key}/recommendations",
        responses={200: {"content": {"application/json": {"example": EXAMPLE}}}, 404: {"description": "Unknown user."}},
    )
    async def recommendations(user_key: KEY, n: Annotated[int, Query(ge=1, le=LONGEST)] = 10) -> Response:
        """The tracks that a user may like, best first, each with its reason and why."""
        if user_key not in live.state.users:
            return said(404, f"user {user_key} is not known: take a user_key of listening.dim_users_current")
        key = f"{live.state.stamp}:{user_key}:{n}:{','.join(map(str, live.heard_since(user_key)))}"
        if (kept := cache.get(key)) is not None:
            return answered(kept)
        made, seconds = listed(live, user_key, n)
        cache.put(key, made, seconds)
        return answered(made)

    @app.get(
        "/tracks/{track_key}/similar",
        responses={200: {"content": {"application/json": {"example": SIMILAR_EXAMPLE}}}, 404: {}},
    )
    async def similar(track_key: KEY, n: Annotated[int, Query(ge=1, le=LONGEST)] = 10) -> Response:
        """The tracks nearest to one: heard by the same users, else popular in its genres."""
        state = live.state
        if track_key not in state.tracks:
            return said(404, f"track {track_key} is not known: take a track_key of listening.dim_tracks_current")
        rows = [
            row for row in json.loads(state.similar.get(track_key, "[]")) if row["track_key"] not in state.withdrawn
        ]
        told = {"track_key": track_key, "model_version": state.given.trained.version, "similar": rows[:n]}
        return answered(json.dumps(told).encode())


def _state_routes(app: FastAPI, live: Live) -> None:
    @app.get("/model")
    async def model() -> dict:
        """The model that serves, and the decision by which it does."""
        return live.state.model

    @app.get("/health")
    async def health() -> dict:
        """Whether the server answers, and from what; `trouble` says why a newer state could not be read."""
        state = live.state
        told = {"status": "ok", "model_version": state.given.trained.version, "users": len(state.users)}
        return told | {"lists": len(state.stored), "state": state.stamp, "trouble": live.trouble or None}

    @app.post("/listens", status_code=202)
    async def listens(batch: Batch) -> dict:
        """Keep listens: they are on the disk before the answer, and in the users' lists from now on."""
        kept = [_checked(live, at, posted) for at, posted in enumerate(batch.listens)]
        try:
            live.post(kept)
        except OSError as error:
            raise HTTPException(503, f"the listens were not kept: {error.strerror}; post them again") from None
        return {"kept": len(kept), "event_ids": [listen.event_id for listen in kept]}


def _checked(live: Live, at: int, posted: Posted) -> Listen:
    """The listen to keep. Raises HTTPException for what is not known or not yet."""
    if posted.user_key not in live.state.users:
        raise HTTPException(404, f"listens.{at}.user_key: user {posted.user_key} is not known; nothing was kept")
    if posted.track_key not in live.state.tracks:
        raise HTTPException(404, f"listens.{at}.track_key: track {posted.track_key} is not known; nothing was kept")
    moment = posted.listened_at or datetime.now(UTC)
    moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    if moment > datetime.now(UTC) + AHEAD:
        raise HTTPException(422, f"listens.{at}.listened_at: {moment:%F} is in the future; nothing was kept")
    event = posted.event_id or str(uuid4())
    return Listen(event, posted.user_key, posted.track_key, f"{moment:%Y-%m-%d %H:%M:%S.%f}")


def listed(live: Live, user: str, n: int) -> tuple[bytes, float]:
    """The answer for a user, and for how many seconds it holds."""
    state, moment = live.state, now()
    stored = state.stored.get(user)
    because = why_anew(live, user, n, stored, moment)
    told: dict[str, object] = {"user_key": user, "model_version": state.given.trained.version}
    if because is None and stored is not None:
        rows = json.loads(stored.rows)[:n]
        told |= {"served": "stored", "because": None}
        scored_at, expires_at = stored.scored_at, stored.expires_at
    else:
        rows = live.on_demand(user, n)
        told |= {"served": "on_demand", "because": because}
        scored_at, expires_at = moment, moment + LIFE
    told |= {"scored_at": f"{scored_at:%FT%TZ}", "expires_at": f"{expires_at:%FT%TZ}", "recommendations": rows}
    return json.dumps(told).encode(), (expires_at - moment).total_seconds()


def why_anew(live: Live, user: str, n: int, stored: Stored | None, moment: datetime) -> str | None:
    """Why the stored list of a user cannot be served; None if it can."""
    if stored is None:
        return "not_scored"
    if stored.version != live.state.given.trained.version:
        return "another_model"
    if stored.expires_at <= moment:
        return "expired"
    if live.heard_since(user):
        return "new_listens"
    rows = json.loads(stored.rows)
    if any(row["track_key"] in live.state.withdrawn for row in rows):
        return "withdrawn_track"
    return "longer" if n > len(rows) else None
