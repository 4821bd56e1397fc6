"""Which lines of JSON are records as they stand: the definition in Python beside the SQL that finds it out quickly."""

import json

import duckdb
import pytest
from crescendo.ingest import landing
from crescendo.ingest.columns import scalars
from crescendo.ingest.landing import Incoming
from crescendo.sources import all_sources
from crescendo.warehouse import quoted


def plain_reading(line: str) -> tuple[dict[str, str | None] | None, list[str]]:
    """What a line of JSON says of the declared keys, None if it is no plain record, and its undeclared keys."""
    try:
        pairs = json.loads(line, object_pairs_hook=list)
    except ValueError:
        return None, []
    if not isinstance(pairs, list) or line.lstrip().startswith("["):
        return None, []
    keys, values = [key for key, _ in pairs], dict(pairs)
    unknown = [key for key in keys if key not in CALL_KEYS]
    if len(set(keys)) < len(keys) or any(isinstance(values.get(key), list) for key in CALL_KEYS):
        return None, unknown
    said = {key: values.get(key) for key in CALL_KEYS}
    return {key: value if value is None else str(value) for key, value in said.items()}, unknown


CALLS = next(document for document in all_sources()["leads"].documents if document.name == "call")
CALL_KEYS = [leaf.key for leaf in scalars(CALLS)]
WHOLE = {key: f"{key} {number}" for number, key in enumerate(CALL_KEYS)}
PLAIN = {
    "all keys": json.dumps(WHOLE),
    "another order": json.dumps(dict(reversed(WHOLE.items()))),
    "some keys": json.dumps({CALL_KEYS[2]: "b", CALL_KEYS[0]: "a"}),
    "nulls": json.dumps(dict.fromkeys(CALL_KEYS)),
    "no keys": "{}",
    "a key twice": json.dumps(WHOLE)[:-1] + f', "{CALL_KEYS[0]}": "again"}}',
    "one key twice and another not at all": f'{{"{CALL_KEYS[0]}": "1", "{CALL_KEYS[0]}": "2"}}',
    "an unknown key": json.dumps(WHOLE | {"mood": "calm"}),
    "an unknown key in the place of one": json.dumps({"mood": "calm", **dict(list(WHOLE.items())[1:])}),
    "an unknown key twice": '{"mood": 1, "mood": 2}',
    "an unknown key that holds an object": json.dumps(WHOLE | {"mood": {"is": "calm"}}),
    "another case": json.dumps({CALL_KEYS[0].upper(): "a"}),
    "a list for a value": json.dumps(WHOLE | {CALL_KEYS[1]: ["b"]}),
    "an object for a value": json.dumps(WHOLE | {CALL_KEYS[1]: {"b": "c"}}),
    "text like an object": json.dumps(WHOLE | {CALL_KEYS[1]: '{"b": 1}', CALL_KEYS[2]: "[1]"}),
    "a list": "[]",
    "a list of a record": json.dumps([WHOLE]),
    "a number": "1",
    "null": "null",
    "cut off": json.dumps(WHOLE)[:-4],
    "two on a line": json.dumps(WHOLE) * 2,
}


@pytest.mark.parametrize("line", PLAIN.values(), ids=PLAIN)
def test_a_line_is_a_plain_record_if_each_key_is_there_once_and_holds_no_object(tmp_path, line):
    file = tmp_path / "calls.jsonl"
    file.write_text(f" {line}\n")
    incoming = Incoming(file, all_sources()["leads"], CALLS, "lines", (), gzipped=False, size=file.stat().st_size)
    relation = landing.relation([incoming], [file])
    values = ", ".join(f"{place} as {quoted(key)}" for key, place in relation.columns.items())
    query = f"select ({relation.broken}) is null, {relation.unknown}, {values} from {relation.sql}"
    with duckdb.connect() as connection:
        [(is_plain, unknown, *sent)] = connection.execute(query).fetchall()
    wanted, strange = plain_reading(line)
    assert (dict(zip(relation.columns, sent, strict=True)) if is_plain else None) == wanted
    assert (unknown or []) == strange
