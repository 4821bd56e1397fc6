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

A column that holds JSON text, such as `timeSeries` of a song report, is named by its column alone.
"""

import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from crescendo.declared import near
from crescendo.errors import CrescendoError
from crescendo.ingest.slow_path import Invalid, check_scalar
from crescendo.shapes import Document, Entries, Field, Group, Node, Rows, Source
from crescendo.warehouse import text

ENDING = ".mapping.toml"
LARGEST = 1 << 20
DATA_ENDINGS = re.compile(r"(\.(csv|tsv|txt|json|ndjson|jsonl))?(\.gz)?$", re.IGNORECASE)
WORDS = ("column", "always", "values", "others")
# a song report has all days of a song in one cell; a table with a line per day is not one
FLAT = "a table with a line per day is first made into a report (docs/runbook.md)"
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
    def is_nested(self) -> bool:
        """Whether some of its columns hold JSON text."""
        return any(not isinstance(node, Field) for node in self.document.fields)

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
                meant = near(rule.column, [cell.strip() for cell in header])
                return f"{_at(self.path, self.content, key)} reads column {rule.column!r}, which is not there: {meant}"
        return ""

    def shown(self, key: str | None) -> str | None:
        """A field as its user knows it: 'created_at (first_contact_date)'."""
        # 'timeSeries[3].date' is within the column of timeSeries
        rule = dict(self.rules).get(re.split(r"[\[.]", key or "")[0])
        return f"{key} ({rule.column})" if rule and rule.column else key


def beside(data: Path) -> Path | None:
    """The mapping file that lies beside a data file, if there is one."""
    path = data.with_name(DATA_ENDINGS.sub("", data.name) + ENDING)
    return path if path.is_file() else None


def read(path: Path, sources: dict[str, Source]) -> Mapping:
    """Read a mapping file. Raises CrescendoError that names its file, line and field."""
    content = _text(path)
    try:
        said = tomllib.loads(content)
    except tomllib.TOMLDecodeError as error:
        raise CrescendoError(_no_toml(path, content, str(error))) from None
    strange = sorted(said.keys() - {"document", "fields"})
    if strange:
        raise _mistake(path, content, strange[0], f"is not known here: {near(strange[0], ('document', 'fields'))}")
    source, document = _document(path, content, said.get("document"), sources)
    fields = said.get("fields")
    if not isinstance(fields, dict) or not fields:
        raise CrescendoError(f'{path.name}: has no [fields]: write [fields], and below it lead_id = "column"')
    known = {node.key: node for node in document.fields}
    for key in fields:
        if key not in known:
            raise _mistake(path, content, key, _no_field(key, source, document))
    for key, node in known.items():
        # a report without its series says nothing
        needed = node.required or (not isinstance(node, Field) and key in document.signature)
        if needed and key not in fields:
            raise CrescendoError(f'{path.name}: field {key} is missing: write {key} = "column" under [fields]')
    rules = tuple((key, _rule(path, content, known[key], value)) for key, value in fields.items())
    return Mapping(path, source, document, rules, content)


def _no_field(key: str, source: Source, document: Document) -> str:
    """What to say of a field that a document does not have."""
    for node in document.fields:
        if isinstance(node, Rows | Entries | Group) and key in {below.key for below in node.fields}:
            return f"is within the JSON text of {node.key}, not a column of {source.name}.{document.name}: {FLAT}"
    return f"is not a field of {source.name}.{document.name}: {near(key, [node.key for node in document.fields])}"


def _text(path: Path) -> str:
    """What a mapping file says. Raises CrescendoError."""
    try:
        with path.open("rb") as stream:
            sent = stream.read(LARGEST + 1)
        content = sent.decode("utf-8-sig") if len(sent) <= LARGEST else ""
    except OSError as error:
        raise CrescendoError(f"{path.name}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        line = sent[: error.start].count(b"\n") + 1
        raise CrescendoError(f"{path.name}, line {line}: is not UTF-8: save the file as UTF-8") from None
    if len(sent) > LARGEST:
        raise CrescendoError(f"{path.name}: has more than {LARGEST >> 20} MiB: keep document and [fields] alone")
    return content


def _no_toml(path: Path, content: str, error: str) -> str:
    """Why a text is not TOML, with the line, and how a line is written."""
    found = re.fullmatch(r"(.*) \(at line (\d+), column \d+\)", error, re.DOTALL)
    if not found:
        return f'{path.name}: is not TOML: {error}: write field = "column"'
    line = content.splitlines()[int(found[2]) - 1 : int(found[2])]
    if found[1] in ("Cannot overwrite a value", "Cannot declare ('fields',) twice"):
        return f"{path.name}, line {found[2]}: {''.join(line).partition('=')[0].strip()} is written twice: remove one"
    return f'{path.name}, line {found[2]}: is not TOML: {found[1]}: write field = "column"'


def _document(path: Path, content: str, name: object, sources: dict[str, Source]) -> tuple[Source, Document]:
    known = {
        f"{source.name}.{document.name}": (source, document)
        for source in sources.values()
        for document in source.documents
        if document.layout == "table"
    }
    if name is None:
        raise CrescendoError(f'{path.name}: has no document: write document = "leads.lead" on its first line')
    if not isinstance(name, str) or name not in known:
        meant = near(name, known)
        listed = f" There are {', '.join(known)}" if meant.startswith("did") else ""
        raise _mistake(path, content, "document", f"{name!r} is not a document of columns: {meant}{listed}")
    return known[name]


def _rule(path: Path, content: str, leaf: Node, value: Any) -> Rule:
    """What a field's line says. Raises CrescendoError."""
    is_plain = isinstance(value, str)
    if is_plain:
        value = {"column": value}
    if isinstance(leaf, Field):
        reason = _no_rule(value) or _no_values(value) or _not_ours(leaf, value)
    else:
        reason = _no_values(value) if is_plain else f'holds JSON text: write {leaf.key} = "column"'
    if reason:
        raise _mistake(path, content, leaf.key, reason)
    if "always" in value:
        return Rule(always=value["always"])
    said = tuple((name.strip().lower(), ours) for name, ours in value.get("values", {}).items())
    return Rule(value["column"], said, value.get("others"))


def _no_rule(value: Any) -> str:
    """Why a field's line is of no form that there is; '' if it is of one."""
    if not isinstance(value, dict) or not value:
        return f"is written as {FORMS}"
    strange = sorted(value.keys() - {"always", "column", "values", "others"})
    if strange:
        return f"has {strange[0]!r}, which means nothing there: {near(strange[0], WORDS)} Write {FORMS}"
    if "always" in value and "column" in value:
        return f"has both always and column: write {FORMS}"
    if not ("always" in value or "column" in value):
        return f"has neither always nor column: write {FORMS}"
    if "always" in value and len(value) > 1:
        strange = sorted(value.keys() - {"always"})
        return f"has {strange[0]!r}, which means nothing there: write {FORMS}"
    return ""


def _no_values(value: dict[str, Any]) -> str:
    """Why what a field's line says is not text, or says nothing; '' if it is sound."""
    values = value.get("values", {})
    if not isinstance(values, dict):
        return f'has values that are not pairs: write values = {{"theirs" = "ours"}}, not {values!r}'
    plain = [said for word, said in value.items() if word != "values"]
    strange = next((said for said in [*plain, *values.values()] if not isinstance(said, str)), None)
    if strange is not None:
        shown = str(strange).lower() if isinstance(strange, bool) else strange
        return f'has a value that is not text, {shown}: put it in quotes, "{shown}"'
    if not value.get("column", "a column").strip():
        return "names no column: write the column's name between the quotes"
    names = [name.strip().lower() for name in values]
    twice = next((name for name in names if names.count(name) > 1), None)
    return f"says twice what {twice!r} is, whose case does not count: remove one" if twice is not None else ""


def _not_ours(leaf: Field, value: dict[str, Any]) -> str:
    """Why a value of ours, that every line of the feed would have, is none that the field takes; '' if all are."""
    ours = [value.get("always"), value.get("others"), *value.get("values", {}).values()]
    for said in filter(None, ours):
        try:
            check_scalar(leaf, said)
        except Invalid as error:
            return f"has the value {said!r}, which cannot be loaded: {error}"
    return ""


def _mistake(path: Path, content: str, key: str, what: str) -> CrescendoError:
    return CrescendoError(f"{_at(path, content, key)} {what}")


def _at(path: Path, content: str, key: str) -> str:
    """A field of a mapping file, with its line."""
    begins = re.compile(rf"""\s*["']?{re.escape(key)}["']?\s*=|\s*\[(fields\.)?["']?{re.escape(key)}["']?\]""")
    lines = (number for number, line in enumerate(content.splitlines(), start=1) if begins.match(line))
    number = next(lines, None)
    return f"{path.name}, line {number}: {key}" if number else f"{path.name}: {key}"
