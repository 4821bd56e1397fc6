"""Texts in the reader's language. English is the key; `locale/<language>.toml` has the others.

_("the window ends on {end}", end=day)   # in French with `--lang fr`, or if the environment's locale is French
"""

import os
from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path

LANGUAGES = ("en", "fr")
_chosen: list[str] = []


def choose(language: str) -> None:
    """Speak a language from now on; an empty one is that of the environment."""
    _chosen[:] = [language] if language else []


def choose_said(words: Sequence[str]) -> None:
    """Speak the language of `--lang`, else of `--locale`, before the words are understood: a mistake is told in it."""
    said = dict(pairwise(" ".join(words).replace("=", " ").split()))
    choose(next((said[name] for name in ("--lang", "--locale") if said.get(name) in LANGUAGES), ""))


def language() -> str:
    """The language that is spoken: the chosen one, else the environment's if we have it, else English."""
    if _chosen:
        return _chosen[0]
    said = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    return said[:2].lower() if said[:2].lower() in LANGUAGES else "en"


@cache
def catalogue(language: str) -> dict[str, str]:
    """English text -> the same in another language, placeholders alike."""
    import tomllib  # few speak another language

    return tomllib.loads((Path(__file__).parent / "locale" / f"{language}.toml").read_text("utf-8"))


def _(text: str, /, **values: object) -> str:
    """A text in the reader's language with its placeholders filled."""
    spoken = language()
    said = text if spoken == "en" else catalogue(spoken).get(text, text)
    return said.format(**values) if values else said
