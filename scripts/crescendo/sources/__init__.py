"""The declared sources, by name: every package here, with its `SOURCE` in `shapes`."""

import importlib
import re
import traceback
from dataclasses import fields, is_dataclass
from functools import cache
from pathlib import Path

from crescendo import shapes
from crescendo.declared import mistakes, near
from crescendo.errors import CrescendoError
from crescendo.shapes import Source

# a word that Python does not know: of a module, of the words to declare with, of what a word takes
UNKNOWN = (
    re.compile(r"cannot import name '(\w+)' from 'crescendo.shapes'"),
    re.compile(r"module 'crescendo.shapes' has no attribute '(\w+)'"),
    re.compile(r"name '(\w+)' is not defined"),
    re.compile(r"(\w+)\.__init__\(\) got an unexpected keyword argument '(\w+)'"),
)


def all_sources() -> dict[str, Source]:
    """Every declared source, sorted by name. Raises CrescendoError for a declaration that cannot be read."""
    folders = sorted(path.parent for place in __path__ for path in Path(place).glob("*/shapes.py"))
    return {folder.name: _declared(folder) for folder in folders}


@cache
def _declared(folder: Path) -> Source:
    """The source that a folder declares: `SOURCE` in its `shapes.py`, of the folder's name."""
    file = f"scripts/crescendo/sources/{folder.name}/shapes.py"
    if not (folder / "__init__.py").is_file():
        raise CrescendoError(f"{file} is in no package: add an empty __init__.py beside it")
    try:
        module = importlib.import_module(f"{__name__}.{folder.name}.shapes")
    except Exception as error:  # noqa: BLE001 whatever a declaration does, its author is told where
        raise CrescendoError(_explained(error, file, folder / "shapes.py")) from None
    source = getattr(module, "SOURCE", None)
    if not isinstance(source, Source):
        raise CrescendoError(f'{file} declares no source: end it with SOURCE = Source("{folder.name}", ...)')
    if source.name != folder.name:
        raise CrescendoError(f"{file} declares the source {source.name!r}: give it the folder's name {folder.name!r}")
    if found := list(mistakes(source)):
        more = f" (and {len(found) - 1} more documents)" if len(found) > 1 else ""
        raise CrescendoError(f"{_at(file, folder / 'shapes.py', found[0])}: source {source.name!r}, {found[0]}{more}")
    return source


def _explained(error: Exception, file: str, path: Path) -> str:
    """What Python says of a declaration, with its line, and what was meant by a word that it does not know."""
    if isinstance(error, SyntaxError) and error.filename == str(path):
        return f"{file}, line {error.lineno}: is not Python: {error.msg}: mend the line or the one before"
    steps = [step for step in traceback.walk_tb(error.__traceback__) if step[0].f_code.co_filename == str(path)]
    where = f"{file}, line {steps[-1][1]}" if steps else file
    own = [name for name in steps[0][0].f_globals if not name.startswith("_")] if isinstance(error, NameError) else []
    said = str(error).splitlines()[0] if str(error) else type(error).__name__
    said = re.sub(r" \(/.*\)$", "", said)  # where crescendo.shapes is
    for pattern in UNKNOWN:
        if found := pattern.search(said):
            return f"{where}: {said}: {near(found[found.lastindex or 1], [*own, *_words(found[1])])}"
    return f"{where}: {said}: see the words of crescendo/shapes.py"


def _words(name: str) -> list[str]:
    """What one may write: the arguments of a word of crescendo.shapes, or all its words."""
    word = getattr(shapes, name, None)
    if isinstance(word, type) and is_dataclass(word):
        return [argument.name for argument in fields(word)]
    return [name for name, value in vars(shapes).items() if isinstance(value, type) and is_dataclass(value)]


def _at(file: str, path: Path, mistake: str) -> str:
    """The file, and the line that has a quoted word of a mistake, if one line alone has it."""
    quoted = re.findall(r"'([^']+)'", mistake)
    lines = path.read_text().splitlines()
    for word in quoted[1:]:  # the first is the document
        found = [number for number, line in enumerate(lines, start=1) if f'"{word}"' in line or f"'{word}'" in line]
        if len(found) == 1:
            return f"{file}, line {found[0]}"
    return file
