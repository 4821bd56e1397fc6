"""What a page was asked for, as the request beside it or its own name says; `crescendo fetch` writes both."""

import json
import re
from pathlib import Path

from crescendo.shapes import Document

LARGEST_REQUEST = 1 << 20  # bytes of the request beside a page
UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
# a day in a name, 2025-01-31 or, as exports of the United States have it, 01_31_2025
DAY = re.compile(r"(?<!\d)(?:(\d{4})-(\d\d)-(\d\d)|(\d\d)_(\d\d)_(\d{4}))(?!\d)")
PAGE_ENDINGS = re.compile(r"( ?\(\d+\)| copy)?(\.(json|ndjson|jsonl))?(\.gz)?$", re.IGNORECASE)


def stem(path: Path) -> str:
    """A page's name without its endings, and without what a browser adds to a second copy."""
    return PAGE_ENDINGS.sub("", path.name)


def facts_of_name(path: Path, document: Document) -> dict[str, str | None]:
    """What a page was asked for, as its name says: its folder and day alone if it is not called like its document."""
    called, *parts = stem(path).split("__")
    facts: dict[str, str | None] = {"folder": path.parent.name}
    if said := DAY.search(stem(path)):
        facts["day"] = "-".join(part for part in (said[1] or said[6], said[2] or said[4], said[3] or said[5]) if part)
    if called != document.name:
        return facts
    facts["document"] = called
    plain = []
    for part in parts:
        if found := re.fullmatch(r"(\d{4}-\d{2}-\d{2})_(\d{4}-\d{2}-\d{2})", part):
            facts["from"], facts["to"] = found.groups()
        elif found := re.fullmatch(r"p(\d+)(?:r(\d+))?", part):
            facts["page"], facts["reading"] = str(int(found[1])), found[2] or "1"
        else:
            plain.append(part)
    if "platform" in {need.fact for need in document.needs} and len(plain) == 1 and not UUID.fullmatch(plain[0]):
        return facts | {"platform": plain[0]}
    return facts | dict(zip(("uuid", "platform"), plain, strict=False))


def facts_of_request(path: Path) -> dict[str, str | None]:
    """What a page was asked for, as the request beside it says; nothing if there is none that can be read."""
    try:
        with path.with_name(f"{stem(path)}.request.json").open("rb") as stream:
            sent = stream.read(LARGEST_REQUEST + 1)
        said = json.loads(sent) if len(sent) <= LARGEST_REQUEST else None
        json.dumps(said, ensure_ascii=False).encode()
    except (OSError, ValueError, RecursionError):
        return {}
    facts = said.items() if isinstance(said, dict) else ()
    return {key: str(value) for key, value in facts if isinstance(value, str | int) and str(value).strip()}
