"""What to say of a text that is no JSON."""

import json

from crescendo.ingest.location import plain

MOST_IN_A_CELL = 32_767  # of a spreadsheet, in UTF-16
CUT_OFF = "cut off: fetch or export it again"


def unreadable(error: RecursionError | json.JSONDecodeError, sent: str) -> tuple[str, str]:
    """Why a text cannot be read as JSON, and a sample of it."""
    if isinstance(error, RecursionError):
        return "JSON is nested too deep to read", plain(sent[:80])
    if MOST_IN_A_CELL in (len(sent), len(sent.encode("utf-16-le", "replace")) // 2):
        return f"is cut off at {MOST_IN_A_CELL:,} characters, as by a spreadsheet: export it anew", sent[-80:]
    where = f"{error.msg.removesuffix(' at')} at character {error.pos + 1} of {len(sent)}"
    if sent[error.pos : error.pos + 1] in ("}", "]") and sent[: error.pos].rstrip().endswith(","):
        where = f"a comma before the bracket at character {error.pos + 1} of {len(sent)}"
    where += f": it is {CUT_OFF}" if ends_early(error) else ""
    return f"broken JSON: {where}", sent[max(0, error.pos - 40) : error.pos + 20]


def ends_early(error: json.JSONDecodeError) -> bool:
    """Whether a text is JSON as far as it goes."""
    return error.pos >= len(error.doc.rstrip()) or error.msg.startswith("Unterminated string")
