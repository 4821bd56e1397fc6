"""One rule for cells that a spreadsheet would compute: in Python for answers, in SQL for exports."""

import re

from crescendo.warehouse import text

# what a spreadsheet takes for the beginning of a formula: plain, small and full-width
SIGNS = "=+-@\u2212\ufe62\ufe63\ufe66\ufe6b\uff0b\uff0d\uff1d\uff20"
# what it passes over before that: control characters, spaces, and what has no width; first and last of each range
PASSED_OVER = (
    (0x00, 0x20), (0x7F, 0xA0), (0xAD, 0xAD), (0x34F, 0x34F), (0x61C, 0x61C), (0x115F, 0x1160), (0x1680, 0x1680),
    (0x180B, 0x180F), (0x2000, 0x200F), (0x2028, 0x202F), (0x205F, 0x206F), (0x3000, 0x3000), (0x3164, 0x3164),
    (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFF9, 0xFFFB),
)  # fmt: skip
CONTROL = ((0x00, 0x1F), (0x7F, 0x9F))


def _pattern(character: str) -> str:
    def listed(ranges: tuple[tuple[int, int], ...]) -> str:
        return "".join(f"{character.format(first)}-{character.format(last)}" for first, last in ranges)

    signs = "".join(character.format(ord(sign)) for sign in SIGNS)
    return f"^(?:[{listed(CONTROL)}]|[{listed(PASSED_OVER)}]*[{signs}])"


DANGEROUS = re.compile(_pattern("\\u{:04x}"))


def safe(value: object) -> object:
    """A cell that is not a formula: a text with a sign at its visible beginning, or a control character at its very
    beginning, gets an apostrophe in front.
    """
    return f"'{value}" if isinstance(value, str) and DANGEROUS.match(value) else value


def safe_sql(expression: str) -> str:
    """SQL of a text as `safe` makes it."""
    pattern = text(_pattern("\\x{{{:x}}}"))
    return f"case when regexp_matches({expression}, {pattern}) then '''' || {expression} else {expression} end"
