"""A feed with other columns: a user's file says which of them are ours, in TOML, and no code is written for it.

It lies beside the data (`leads.mapping.toml` beside `leads.csv`, or `leads.csv.gz`, or `leads.jsonl`), or is named by
`crescendo load --mapping`:

    document = "leads.lead"                     # what each line is

    [fields]                                    # our field = the feed's column
    lead_id = "mql_id"
    status = {always = "validated"}             # the same in every line
    outcome = {column = "Tags", values = {"Ringing" = "no_answer", "Select" = ""}, others = "reached"}

`values` says a value in our words, whatever its case, '' for one that says nothing; `others` is for all that it does
not name, which else stay as they are. A blank value stays blank. A column that is not named is not read.
"""

import difflib
import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from crescendo.errors import CrescendoError
from crescendo.ingest.columns import scalars
from crescendo.shapes import Document, Source
from crescendo.warehouse import text

ENDING = ".mapping.toml"
LARGEST = 1 << 20
DATA_ENDINGS = re.compile(r"(\.(csv|tsv|txt|json|ndjson|jsonl))?(\.gz)?$", re.IGNORECASE)
FORMS = '"column", {always = "value"} or {column = "column", values = {...}, others = "value"}'


@dataclass(frozen=True)
class Rule:
    """Where a field's value is from: a column, its values in our words, and what all others are; or always the same."""

    column: str = ""
    values: tuple[tuple[str, str], ...] = ()
    others: str | None = None
    always: str | None = None

    def sql(self, column: str) -> str:
        """The field's text, from the text of its column."""
        if self.always is not None:
            return text(self.always)
        if not self.values and self.others is None:
            return column
        cases = "".join(f" when lower(trim({column})) = {text(said)} then {text(ours)}" for said, ours in self.values)
        others = column if self.others is None else text(self.others)
        return f"case when coalesce(trim({column}), '') = '' then null{cases} else {others} end"


@dataclass(frozen=True)
class Mapping:
    """A mapping file that was read: the document of its data, and a rule for each field. `content` is its text."""

    path: Path
    source: Source
    document: Document
    rules: tuple[tuple[str, Rule], ...]
    content: str = field(repr=False)

    @property
    def columns(self) -> list[str]:
        """The columns that are read, each once."""
        return list(dict.fromkeys(rule.column for _, rule in self.rules if rule.column))

    def found_in(self, header: list[str]) -> dict[str, str]:
        """The columns that a header has, by their names here: case and outer spaces do not count."""
        held = {cell.strip().casefold(): cell for cell in header}
        return {name: held[name.strip().casefold()] for name in self.columns if name.strip().casefold() in held}

    def expressions(self, places: dict[str, str]) -> dict[str, str]:
        """SQL of every field, over the SQL of each column by its name in the data."""
        found = self.found_in(list(places))
        at = {name: places[column] for name, column in found.items()}
        return {key: rule.sql(at.get(rule.column, "null::varchar")) for key, rule in self.rules}

    def lacking(self, header: list[str]) -> str:
        """What to say of the first column that data do not have; '' if they have all."""
        found = self.found_in(header)
        for key, rule in self.rules:
            if rule.column and rule.column not in found:
                near = _near(rule.column, [cell.strip() for cell in header])
                return f"{_at(self.path, self.content, key)} reads column {rule.column!r}, which is not there: {near}"
        return ""

    def shown(self, key: str | None) -> str | None:
        """A field as its user knows it: 'created_at (first_contact_date)'."""
        rule = dict(self.rules).get(key or "")
        return f"{key} ({rule.column})" if rule and rule.column else key


def beside(data: Path) -> Path | None:
    """The mapping file that lies beside a data file, if there is one."""
    path = data.with_name(DATA_ENDINGS.sub("", data.name) + ENDING)
    return path if path.is_file() else None


def read(path: Path, sources: dict[str, Source]) -> Mapping:
    """Read a mapping file. Raises CrescendoError that names its file, line and field."""
    try:
        content = path.read_bytes()[: LARGEST + 1].decode()
        said = tomllib.loads(content)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise CrescendoError(f"{path.name}: cannot be read as TOML: {reason}") from None
    strange = sorted(said.keys() - {"document", "fields"})
    if strange:
        raise _mistake(path, content, strange[0], "is not known here: there are document and fields")
    source, document = _document(path, content, said.get("document"), sources)
    fields = said.get("fields")
    if not isinstance(fields, dict) or not fields:
        raise CrescendoError(f'{path.name}: has no [fields]: write one line per field, lead_id = "column"')
    known = {leaf.key: leaf for leaf in scalars(document)}
    for key in fields:
        if key not in known:
            near = _near(key, list(known))
            raise _mistake(path, content, key, f"is no field of {source.name}.{document.name}: {near}")
    for key, leaf in known.items():
        if leaf.required and key not in fields:
            raise CrescendoError(f'{path.name}: field {key} is missing: write {key} = "column" under [fields]')
    rules = tuple((key, _rule(path, content, key, value)) for key, value in fields.items())
    return Mapping(path, source, document, rules, content)


def _document(path: Path, content: str, name: object, sources: dict[str, Source]) -> tuple[Source, Document]:
    known = {
        f"{source.name}.{document.name}": (source, document)
        for source in sources.values()
        for document in source.documents
        if document.layout == "table" and all(leaf in scalars(document) for leaf in document.fields)
    }
    if name is None:
        raise CrescendoError(f'{path.name}: has no document: write document = "leads.lead" on its first line')
    if name not in known:
        raise _mistake(path, content, "document", f"names no document of columns: choose one of {', '.join(known)}")
    return known[str(name)]


def _rule(path: Path, content: str, key: str, value: object) -> Rule:
    """What a field's line says. Raises CrescendoError."""
    if isinstance(value, str) and value.strip():
        return Rule(column=value)
    if not isinstance(value, dict) or not value or ("always" in value) == ("column" in value):
        raise _mistake(path, content, key, f"is written as {FORMS}")
    strange = sorted(value.keys() - ({"always"} if "always" in value else {"column", "values", "others"}))
    if strange:
        raise _mistake(path, content, key, f"has {strange[0]!r}, which means nothing there: write {FORMS}")
    values = value.get("values", {})
    plain = [value.get("always", ""), value.get("column", ""), value.get("others", "")]
    if not isinstance(values, dict) or not all(isinstance(said, str) for said in [*plain, *values.values()]):
        raise _mistake(path, content, key, 'has a value that is no text: put it in quotes, "true"')
    if "always" in value:
        return Rule(always=value["always"])
    if not value["column"].strip():
        raise _mistake(path, content, key, "names no column")
    said = tuple((name.strip().lower(), ours) for name, ours in values.items())
    return Rule(value["column"], said, value.get("others"))


def _mistake(path: Path, content: str, key: str, what: str) -> CrescendoError:
    return CrescendoError(f"{_at(path, content, key)} {what}")


def _at(path: Path, content: str, key: str) -> str:
    """A field of a mapping file, with its line."""
    begins = re.compile(rf"""\s*["']?{re.escape(key)}["']?\s*=|\s*\[(fields\.)?["']?{re.escape(key)}["']?\]""")
    lines = (number for number, line in enumerate(content.splitlines(), start=1) if begins.match(line))
    number = next(lines, None)
    return f"{path.name}, line {number}: {key}" if number else f"{path.name}: {key}"


def _near(said: str, known: list[str]) -> str:
    near = difflib.get_close_matches(said, known, n=3, cutoff=0.85) or difflib.get_close_matches(
        said, known, n=1, cutoff=0.6
    )
    return f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(known[:30])}"
