"""Texts in the reader's language. English is the key; `locale/<language>.toml` has the others.

_("the window ends on {end}", end=day)   # in French with `--lang fr`, or if the environment's locale is French
_("{count} {count:song|songs}", count=1)  # '1 song'; in French, 0 is one too
"""

import os
import re
import string
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

LANGUAGES = ("en", "fr")
_chosen: list[str] = []
# the language of one reader among several, as the app serves them: each has a thread of its own
_here: ContextVar[str] = ContextVar("language", default="")


def choose(language: str) -> None:
    """Speak a language from now on; an empty one is that of the environment."""
    _chosen[:] = [language] if language else []


def choose_here(language: str) -> None:
    """Speak a language from now on in this thread alone."""
    _here.set(language)


def choose_said(words: Sequence[str]) -> None:
    """Speak the language of `--lang`, else of `--locale`, before the words are understood: a mistake is told in it."""
    said = dict(pairwise(" ".join(words).replace("=", " ").split()))
    choose(next((said[name] for name in ("--lang", "--locale") if said.get(name) in LANGUAGES), ""))


def language() -> str:
    """The language that is spoken: the chosen one, else the environment's if we have it, else English."""
    if chosen := _here.get() or "".join(_chosen):
        return chosen
    said = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    return said[:2].lower() if said[:2].lower() in LANGUAGES else "en"


def catalogue(language: str) -> dict[str, str]:
    """English text -> the same in another language, placeholders alike."""
    return {text: said for text, said in _written(language).items() if isinstance(said, str)}


def reasons(language: str) -> dict[str, str]:
    """Why a file or a record is rejected, as the ledger keeps it in English -> the same in another language."""
    return _written(language)["reasons"]


def of_data(column: str, said: str) -> str:
    """What a column of that name holds, in the reader's language; as it is if the list of the column lacks it."""
    return said if language() == "en" else data(language())["columns"].get(column, {}).get(said, said)


def definition(said: str) -> str:
    """What a table or a column means, as the model describes it, in the reader's language if the list has it."""
    return said if language() == "en" else data(language())["definitions"].get(said, said)


def data(language: str) -> dict[str, Any]:
    """What models describe (`definitions`) and what their `columns` hold -> the same in another language."""
    return _written(f"{language}_data")


@cache
def _written(name: str) -> dict[str, Any]:
    import tomllib  # few speak another language

    return tomllib.loads((Path(__file__).parent / "locale" / f"{name}.toml").read_text("utf-8"))


@cache
def _patterns(language: str) -> list[tuple[re.Pattern, str]]:
    """What a reason looks like, and how it is said; those that say most of it come first."""
    known = sorted(reasons(language).items(), key=lambda item: -len(re.sub(r"{\w+}", "", item[0])))
    return [(re.compile(re.sub(r"\\{(\w+)\\}", _group, re.escape(text)), re.DOTALL), said) for text, said in known]


def _group(placeholder: re.Match) -> str:
    # a colon may be anywhere in a text: what is before it has to look like a path
    any_text = r"\S+?" if placeholder[1] == "path" else ".*?"
    return f"(?P<{placeholder[1]}>{any_text})"


def reason(said: str, spoken: str = "") -> str:
    """A reason of the ledger in a language, else the reader's; as it is kept if the catalogue has none like it."""
    spoken = spoken or language()
    for pattern, text in _patterns(spoken) if spoken != "en" else ():
        if found := pattern.fullmatch(said):
            known, parts = reasons(spoken), found.groupdict()
            return text.format(**{k: reason(v, spoken) if k == "reason" else known.get(v, v) for k, v in parts.items()})
    return said


def _(text: str, /, **values: object) -> str:
    """A text in the reader's language with its placeholders filled."""
    spoken = language()
    said = text if spoken == "en" else _written(spoken).get(text, text)
    return filled(said, values, spoken) if values else said


def filled(text: str, values: Mapping[str, object], spoken: str = "en") -> str:
    """A text of a language with its placeholders filled; `{count:day|days}` is the word that goes with the count."""
    return (_FORMS[spoken].vformat(text, (), values)) if "|" in text else text.format(**values)


class _Forms(string.Formatter):
    """Chooses between the forms of a word for one and for many."""

    def __init__(self, ones: frozenset[str]) -> None:
        self._ones = ones

    def format_field(self, value: Any, spec: str) -> str:
        one, bar, many = spec.partition("|")
        if not bar:
            return super().format_field(value, spec)
        return one if str(value) in self._ones else many


_FORMS = {"en": _Forms(frozenset({"1"})), "fr": _Forms(frozenset({"0", "1"}))}
