"""Secrets: where they come from, and how a request shows them."""

import asyncio
import base64
import os
import re
import time
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from crescendo.errors import CrescendoError
from crescendo.http.answers import PASSING, PassingError, StoppedError, origin, passing
from crescendo.privacy import private_lines
from crescendo.withheld import withhold

# of a token that does not say how long it lasts, and how long before its end it is not used any more
TOKEN_SECONDS, SPARE_SECONDS = 600, 30
HEADER_VALUE = re.compile(r"[!-~]+")


def credentials(*sets: tuple[str, ...], file: Path | None = None, trial: str = "") -> dict[str, str]:
    """The secrets of the first set of names that is whole, from the environment or else a file of lines NAME=value.

    `trial` says what to type without any.

    Raises:
        CrescendoError: no set is whole, the file can be read by others, or a value cannot be a header.
    """
    wanted = {name for names in sets for name in names}
    values = {name: os.environ[name] for name in wanted if os.environ.get(name)}
    whole = [names for names in sets if values.keys() >= set(names)]
    if not whole and file is not None:
        values |= {name: value for name, value in _credentials_file(file).items() if value}
        whole = [names for names in sets if values.keys() >= set(names)]
    if not whole:
        nearest = max(sets, key=lambda names: len(values.keys() & set(names)))
        missing = " and ".join(name for name in nearest if name not in values)
        raise CrescendoError(
            f"no credentials: {missing} not set; export them, or write NAME=value lines to a "
            "file of mode 600 and name it with --credentials" + (f"; without any, {trial}" if trial else "")
        )
    found = {name: values[name].strip() for name in whole[0]}
    for name, value in found.items():
        if not HEADER_VALUE.fullmatch(value):
            raise CrescendoError(f"{name} holds a character that no HTTP header may hold: set it again")
    withhold(*found.values())
    return found


def _credentials_file(file: Path) -> dict[str, str]:
    pairs = (line.partition("=") for line in private_lines(file, "credentials file") if "=" in line)
    return {name.strip(): value.strip() for name, _, value in pairs}


class ClientCredentials(httpx.Auth):
    """A bearer token for an application's credentials (RFC 6749, 4.4), renewed when it ends or is refused.

    Args:
        url: of the token endpoint.
        identity, secret: of the application, for HTTP Basic.
        form: fields that the source wants beside the grant's type.
    """

    def __init__(self, url: str, identity: str, secret: str, form: Mapping[str, str]) -> None:
        parts = urlsplit(url)
        self._origin = origin(f"{parts.scheme}://{parts.netloc}", is_secret=True)
        self._url = url
        self._basic = base64.b64encode(f"{identity}:{secret}".encode()).decode()
        self._form = {"grant_type": "client_credentials", **form}
        self._secret, self._token, self._until = secret, "", 0.0
        self._one = asyncio.Lock()

    @property
    def secrets(self) -> list[str]:
        """What no answer may hold."""
        return [self._secret, self._basic, self._token]

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Ask for a token where there is none, then send the request with it."""
        async with self._one:
            if time.monotonic() >= self._until:
                headers = {"authorization": f"Basic {self._basic}", "accept": "application/json"}
                headers["accept-encoding"] = "identity"
                response = yield httpx.Request("POST", self._url, headers=headers, data=self._form)
                if response.headers.get("content-encoding", "identity") != "identity":
                    raise StoppedError(f"{self._origin} packs its token, which was not asked for: tell the source")
                await response.aread()
                self._take(response)
        token = self._token
        request.headers["authorization"] = f"Bearer {token}"
        response = yield request
        if response.status_code == 401 and token == self._token:
            self._until = 0.0

    def _take(self, response: httpx.Response) -> None:
        status = response.status_code
        if status == 429 or status in PASSING - {401}:
            raise passing(self._origin, f"HTTP {status} for a token", response.headers)
        if status != 200:
            raise StoppedError(f"{self._origin} refuses the credentials (HTTP {status}): check them")
        try:
            said = response.json()
            token, seconds = str(said["access_token"]), float(said.get("expires_in") or TOKEN_SECONDS)
        except (ValueError, KeyError, TypeError, AttributeError):
            raise PassingError("cut or foreign token") from None
        if not HEADER_VALUE.fullmatch(token):
            raise StoppedError(f"{self._origin} gives a token that no HTTP header may hold: tell the source")
        withhold(token)
        self._token, self._until = token, time.monotonic() + max(seconds - SPARE_SECONDS, seconds / 2)


@dataclass(frozen=True)
class Access:
    """How a client says who asks.

    `headers` are sent with every request; their values are secrets unless `is_public`. `auth` replaces them if a
    token has to be asked for first.
    """

    headers: Mapping[str, str] = field(default_factory=dict)
    auth: ClientCredentials | None = None
    is_public: bool = False

    @property
    def has_secrets(self) -> bool:
        """Whether something is shown that nobody else may see."""
        return self.auth is not None or (bool(self.headers) and not self.is_public)

    @property
    def secrets(self) -> list[str]:
        """What no answer may hold."""
        shown = [] if self.is_public else list(self.headers.values())
        return shown + (self.auth.secrets if self.auth else [])
