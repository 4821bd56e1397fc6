"""What an answer means: final, absent by declaration, or worth asking for again, and after how long."""

import contextlib
import json
import re
import time
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import httpx

from crescendo.errors import CrescendoError

ABSENCES = {403: "not in the plan", 404: "no data", 410: "withdrawn"}
PASSING = {401, 500, 502, 503, 504}
# beyond this a wait the server asks for is better spent by starting again later
MAX_TOLD_WAIT_SECONDS = 900
LOOPBACK = {"localhost", "127.0.0.1", "::1"}


class RequestError(CrescendoError):
    """One request failed for good; others may still succeed."""


class StoppedError(CrescendoError):
    """Nothing more can be asked: quota, credentials, a redirect elsewhere, a server that is gone."""


class PassingError(Exception):
    """An answer that may be better next time; `seconds` if the server said when."""

    def __init__(self, reason: str, seconds: float | None = None) -> None:
        super().__init__(reason)
        self.seconds = seconds


class ForeignBodyError(PassingError):
    """A success whose body is cut, or is something else than was asked for."""


def origin(url: str, is_secret: bool) -> str:
    """Scheme, host and port of a --url; credentials go unencrypted to this machine only. Raises CrescendoError."""
    try:
        parts = urlsplit(url)
        usable = parts.port != 0 and bool(httpx.URL(url))
    except (ValueError, httpx.InvalidURL):
        usable = False
    if (
        not usable
        or parts.scheme not in ("http", "https")
        or not parts.hostname
        or parts.path.strip("/")
        or parts.query
    ):
        raise CrescendoError("--url wants scheme, host and port alone, such as https://customer.api.soundcharts.com")
    if parts.username or parts.password:
        raise CrescendoError("--url holds credentials, which every process list would show: leave them out")
    if is_secret and parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise CrescendoError(f"{parts.hostname} would get the credentials unencrypted: use https")
    return f"{parts.scheme}://{parts.netloc}"


def told_wait(headers: httpx.Headers) -> float | None:
    """Seconds that the server asks to wait, from either header; None if it says nothing usable."""
    told = headers.get("retry-after", "")
    if re.fullmatch(r"-?\d+(\.\d+)?", told):
        return max(0.0, float(told))
    with contextlib.suppress(ValueError, TypeError):
        return max(0.0, parsedate_to_datetime(told).timestamp() - time.time())
    with contextlib.suppress(ValueError, KeyError):
        reset = float(headers["x-ratelimit-reset"])
        # some sources give the second of the day's clock instead; one second more, since both are rounded
        return max(0.0, reset - time.time() if reset > 1e9 else reset) + 1
    return None


def passing(server: str, reason: str, headers: httpx.Headers) -> Exception:
    """What to raise where an answer may be better next time, unless that is hours away."""
    seconds = told_wait(headers)
    if seconds is not None and seconds > MAX_TOLD_WAIT_SECONDS:
        return StoppedError(f"{server} asks for a wait of {seconds:.0f} s: run again then")
    return PassingError(reason, seconds)


def message(body: bytes) -> str:
    """What an error envelope says, or the beginning of whatever came."""
    with contextlib.suppress(ValueError, KeyError, IndexError, TypeError):
        said = json.loads(body)
        if "status_message" in said:
            return str(said["status_message"])
        first = said["errors"][0]
        return first if isinstance(first, str) else str(first["message"])
    return body[:200].decode("utf-8", "replace")
