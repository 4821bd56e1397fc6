"""Who is told of alerts, and where: the names that rules tell, each with addresses as Apprise takes them.

An address holds passwords and tokens. It is read here and handed to Apprise; everything else speaks of a receiver by
its label, `ops (mailto)`.
"""

import os
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from crescendo.errors import CrescendoError
from crescendo.privacy import private_lines
from crescendo.withheld import withhold

VARIABLE, FILE_VARIABLE = "CRESCENDO_NOTIFY", "CRESCENDO_NOTIFY_FILE"
EVERYBODY = "all"  # the name of an address that is told of every alert
NAMED = re.compile(r"\s*([A-Za-z][\w.-]*)\s*=\s*(\S+)\s*")
SCHEMA = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://.")
EXAMPLE = "ops=mailto://user:password@mail.example.com?to=ops@example.com"


@dataclass(frozen=True)
class Receiver:
    """Somebody who is told. `label` says who without saying where; `address` is a secret, and in no text of this."""

    name: str
    label: str
    address: str = field(repr=False)


def receivers(file: Path | None = None) -> list[Receiver]:
    """The receivers of CRESCENDO_NOTIFY, else those of a file of mode 600: NAME=ADDRESS, one a line or word.

    An address without a name is told of every alert. Raises CrescendoError if there are none, if one is not written as
    an address, or if others may read the file; the error never shows an address.
    """
    if said := os.environ.get(VARIABLE, "").strip():
        lines, where = said.split(), VARIABLE
    elif file is not None:
        lines, where = private_lines(file, "file of addresses"), str(file)
    else:
        raise CrescendoError(
            f"there is no address to notify: set {VARIABLE}, or write lines such as {EXAMPLE} to a file of mode 600 and"
            f" name it with --addresses or in {FILE_VARIABLE}"
        )
    pairs = [_pair(line, number, where) for number, line in enumerate(lines, start=1) if line.strip()]
    if not pairs:
        raise CrescendoError(f"{where} holds no address: write lines such as {EXAMPLE}")
    return _labelled(pairs)


def _pair(line: str, number: int, where: str) -> tuple[str, str, str]:
    """Name, schema and address of a line."""
    found = NAMED.fullmatch(line)
    name, address = (found[1], found[2]) if found else (EVERYBODY, line.strip())
    schema = SCHEMA.match(address)
    if not schema or re.search(r"\s", address):
        raise CrescendoError(f"{where}, entry {number}, is not NAME=ADDRESS (it is not shown here): write {EXAMPLE}")
    withhold(address, *_parts(address))
    return name, schema[1].lower(), address


def _parts(address: str) -> list[str]:
    """The parts of an address: host, user, password, the steps of its path and the values of its query."""
    parts = urlsplit(address)
    values = [pair.partition("=")[2] for pair in parts.query.split("&")]
    return [*re.split("[@:]", parts.netloc), *parts.path.split("/"), *values]


def _labelled(pairs: list[tuple[str, str, str]]) -> list[Receiver]:
    """Receivers with labels that differ: the second mail address of ops is `ops (mailto, 2)`."""
    met: Counter[tuple[str, str]] = Counter()
    found = []
    for name, schema, address in pairs:
        met[name, schema] += 1
        number = f", {met[name, schema]}" if met[name, schema] > 1 else ""
        found.append(Receiver(name, f"{name} ({schema}{number})", address))
    return found


def addressed(told_to: str, known: list[Receiver]) -> list[Receiver]:
    """Those of the known receivers whom a rule tells: all if it names nobody, and always those of every alert."""
    names = set(re.split(r"[\s,;]+", told_to)) - {""}
    return [one for one in known if not names or EVERYBODY in names or one.name in names or one.name == EVERYBODY]
