"""The records of a JSON array one by one, for an array that DuckDB does not read.

DuckDB refuses a whole array if one record is broken. Here records are split by their brackets and quotes, so that only
the broken one is rejected. If the brackets themselves are wrong, the array cannot be split, and is refused.
"""

import re
from collections.abc import Iterator
from typing import IO

from crescendo.ingest.landing import BLANK, BLOCK, BOM, LARGEST_LINE

TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*+"|["\[\]{},]', re.DOTALL)
CLOSED_BY = {b"[": b"]", b"{": b"}"}
LARGEST_RECORD = LARGEST_LINE * 8


class NotWhole(Exception):  # noqa: N818 a finding, not a failure
    """An array whose records cannot be told apart."""


def records(raw: IO[bytes]) -> Iterator[bytes]:
    """The text of each record of an array, broken or not; '' where two commas meet. Raises NotWhole."""
    held, at, begun = b"", 0, 0  # bytes that are not given yet, how far they are read, and where a record begins
    open_: list[bytes] = []
    count = 0
    while block := raw.read(BLOCK):
        held += block
        for found in TOKEN.finditer(held, at):
            token = found.group()
            if token == b'"':  # its end is still to come
                at = found.start()
                break
            if not open_:
                if token != b"[" or held[: found.start()].removeprefix(BOM.encode()).strip():
                    raise NotWhole("there is text around its brackets")
                begun = found.end()
            if token in CLOSED_BY:
                open_.append(token)
            elif token in CLOSED_BY.values() and CLOSED_BY[open_.pop()] != token:
                raise NotWhole(f"a bracket is closed by another kind, after record {count}")
            if not open_ or (token == b"," and len(open_) == 1):
                record = held[begun : found.start()].strip(BLANK.encode())
                begun = found.end()
                if open_ or record or count:
                    count += 1
                    yield record
            if not open_:
                if (held[found.end() :] + raw.read(BLOCK)).strip(BLANK.encode()):
                    raise NotWhole("there is text around its brackets")
                return
        else:
            at = len(held)
        if open_:
            held, at, begun = held[begun:], at - begun, 0
        if len(held) > LARGEST_RECORD:
            raise NotWhole(f"a quote or bracket is not closed, or record {count + 1} is longer than 16 MiB")
    raise NotWhole(f"unexpected end of data, after record {count}")
