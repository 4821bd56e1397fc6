"""Texts of others on a terminal: names of files, titles, samples of rejected records."""

import re

# what would steer a terminal, turn the direction of what follows, or be no text at all
STEERING = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def counted(count: int, one: str, many: str = "") -> str:
    """A count and its word: '1 file', '1,234 files'; `many` is the word for many, if it is not `one` and an s."""
    return f"{count:,} {one if count == 1 else many or f'{one}s'}"


def printable(said: object, *, lines: bool = False) -> str:
    """A text that does nothing to a terminal: what would is spelled out. With `lines` it may have several."""

    def spelled(found: re.Match) -> str:
        if lines and found[0] in "\n\t":
            return found[0]
        return found[0].encode("unicode_escape", "backslashreplace").decode()

    return STEERING.sub(spelled, str(said))
