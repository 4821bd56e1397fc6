"""Mutated files of every declared document: whatever they hold, they are loaded or refused, and the ledger adds up.

    CRESCENDO_MUTATIONS=100000 CRESCENDO_SEED=7 pytest tests/python/test_mutations.py

Each round loads some mutants beside a good file into a warehouse of its own. A round that fails names its number: the
same number and seed make the same files.
"""

import functools
import gzip
import json
import multiprocessing
import os
import random
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import date, timedelta
from pathlib import Path

import pytest
from crescendo.ingest.columns import json_roots, scalars
from crescendo.shapes import Entries, Field, Group, Rows, Values
from crescendo.sources import all_sources
from reports import Desk, csv_text, json_lines, song

MUTATIONS, SEED = int(os.environ.get("CRESCENDO_MUTATIONS", "240")), int(os.environ.get("CRESCENDO_SEED", "20"))
# mutants of a round, and documents that they are of: few, so that many files share a statement
EACH, DOCUMENTS = min(max(MUTATIONS // 2, 1), 1000), 5
SECONDS = 30  # the longest that one file may take, and so a round at most
JUNK = [
    b"1.9",
    b"true",
    b'"x"',
    b"null",
    b"[]",
    b"{}",
    b'""',
    b"NaN",
    b"-1",
    b"1e999",
    b"9" * 30,
    b"9" * 5000,
    b"[[1]]",
]
JUNK += [
    b'{"a": 1}',
    b'"\\ud800"',
    b'"\\u0000"',
    b'"2024-02-30"',
    b'"01/02/2024"',
    b"-0",
    b"01",
    b"9223372036854775807",
]
JUNK += [
    b"01",
    b"9223372036854775807",
    b"[" * 200 + b"]" * 200,
    b"[" * 3000,
    b'{"a":' * 500 + b"1" + b"}" * 500,
    b"1E400",
]
BYTES = [
    b"\r",
    b"\n",
    b"\r\n",
    b'"',
    b'""',
    b",",
    b"\\",
    b"\0",
    b"\xff",
    b"\xef\xbb\xbf",
    b"}",
    b"]",
    b"{",
    b"[",
    b"\t",
]
BYTES += [b"\x01", b"\x1f\x8b", b"<", b";", b"\xed\xa0\x80", "\u2028".encode(), b" " * 3000, b"'", b"\x1b[2J"]


def clean(node, rng):
    """A value that the declaration allows."""
    match node:
        case Field():
            return leaf(node.kind, rng)
        case Group():
            return {child.key: clean(child, rng) for child in node.fields if child.required or rng.random() < 0.8}
        case Rows():
            return [clean(Group("", node.fields), rng) for _ in range(rng.randrange(4))]
        case Values():
            return [leaf(node.value.kind, rng) for _ in range(rng.randrange(4))]
        case Entries():
            return {rng.choice("abcd"): clean(Group("", node.fields), rng) for _ in range(rng.randrange(3))}
        case _:
            return [{"dropped": [1]}]


def leaf(kind, rng):
    day = str(date(2020, 1, 1) + timedelta(days=rng.randrange(2000)))
    return {
        "text": rng.choice(["Léo", 'a "quoted", title', "two\nlines", "🎵", ""]),
        "day": day + rng.choice(["", "T00:00:00+00:00"]),
        "release": rng.choice([day, day + "T00:00:00+00:00", day[:7], day[:4], "0000-01-01", ""]),
        "count": rng.randrange(10 ** rng.randrange(1, 18)),
        "integer": rng.randrange(-(10**6), 10**6),
        "number": rng.choice([0.5, -7, 1e17, rng.random()]),
        "flag": rng.random() < 0.5,
        "moment": day + rng.choice(["", "T23:59:59Z", " 00:00:00+02:00"]),
        "period": rng.choice([day, day[:7], f"{day[:4]}-W{rng.randrange(1, 53):02}"]),
        "decimal": rng.choice(["1234.56", "1234,56", "-7", 12, 0.5]),
        "json": rng.choice(["plain", [1, "a"], {"x": {"y": []}}]),
    }[kind]


def original(source, document, rng):
    """A file of a document as its source sends it: (name, bytes)."""
    if document.layout == "page":
        [root] = json_roots(document)
        uuid = f"{rng.getrandbits(32):08x}-0000-4000-8000-000000000000"
        parts = [document.name, uuid, "spotify", "2024-01-01_2024-01-31", "p0001"]
        name = "__".join([document.name, "p0001"] if source.name == "moovitamix" else parts)
        pages = [clean(root, rng) for _ in range(rng.choice([1, 1, 3]))]
        if len(pages) == 1:
            return name + ".json", json.dumps(pages[0], indent=rng.choice([None, None, 1])).encode()
        return name + ".ndjson", json_lines(pages).encode()
    fields = [*scalars(document), *json_roots(document)]
    records = [{node.key: clean(node, rng) for node in fields} for _ in range(rng.randrange(1, 8))]
    form = rng.choice(["csv", "csv", "csv", "ndjson", "json"])
    if form == "csv":
        columns = tuple(node.key for node in fields)
        numbered, end = document.line_number_prefix and rng.random() < 0.5, rng.choice(["\n", "\n", "\r\n"])
        return "x.csv", csv_text(records, columns, numbered=numbered, end=end).encode()
    return f"x.{form}", (json_lines(records) if form == "ndjson" else json.dumps(records)).encode()


def mutated(content, rng):
    """The bytes with one thing changed."""
    at = rng.randrange(len(content) + 1)
    to = min(len(content), at + rng.choice([1, 5, 50, 500]))
    match rng.choice(["flip", "cut", "put", "put", "junk", "junk", "junk", "double", "drop", "move"]):
        case "flip":
            return content[:at] + bytes([rng.randrange(256)]) + content[at + 1 :]
        case "cut":
            return content[:at]
        case "put":
            return content[:at] + rng.choice(BYTES) + content[at:]
        case "junk":  # in the place of a value
            start = content.find(b":", at) + 1
            ends = [end for end in (content.find(mark, start) for mark in (b",", b"}", b"]", b"\n")) if end >= 0]
            end = min(ends, default=start)
            junk = rng.choice(JUNK)
            quoted = junk.replace(b'"', b'""') if b'""' in content else junk
            return content[:start] + b" " + quoted + content[end:]
        case "double":
            return content[:to] + content[at:to] * rng.choice([1, 1, 40]) + content[to:]
        case "drop":
            return content[:at] + content[to:]
    other = rng.randrange(len(content) + 1)
    return content[:other] + content[at:to] + content[other:]


def mutants(seed, count):
    """(name, bytes) of files with one to four things changed, packed at times."""
    rng = random.Random(seed)
    every = [(source, document) for source in all_sources().values() for document in source.documents]
    every = rng.sample(every, DOCUMENTS) if count > 200 else every
    for number in range(count):
        name, content = original(*rng.choice(every), rng)
        for _ in range(rng.choice([1, 1, 2, 4])):
            content = mutated(content, rng)
        if rng.random() < 0.1:
            name, content = name + ".gz", gzip.compress(content)
            content = mutated(content, rng) if rng.random() < 0.3 else content
        yield f"{number:05}/{name}", content


def round_of(folder, count, seed):
    """Load mutants beside a good file; what is wrong then, '' if nothing is."""
    place = Path(folder, str(seed))
    place.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CRESCENDO_DB", str(place / "x.duckdb"))
        desk = Desk(place)
        for name, content in mutants(seed, count):
            (desk.folder / name).parent.mkdir()
            desk.write(name, content)
        desk.write("99999.csv", csv_text([song(number) for number in range(1, 4)]))
        try:
            problem = wrong_with(desk, count)
        except Exception as error:  # noqa: BLE001 a traceback is what is looked for
            problem = f"{type(error).__name__}: {error}"
    return problem and f"round {seed}: {problem}"


def wrong_with(desk, count):
    """What is wrong with a load of the desk's folder."""
    started = time.process_time()  # not by the clock, since other work may hold this up
    code, out, err = desk.run("load", desk.folder, "--format", "json")
    if time.process_time() - started > SECONDS + count / 4:
        return "takes too long"
    if not out:
        return f"nothing is loaded: {err}"
    files = {Path(file["path"]).name: file for file in json.loads(out)["files"]}
    if files["99999.csv"]["counts"]["records_loaded"] + files["99999.csv"]["counts"]["records_duplicate"] != 3:
        return "the good file is not loaded"
    if len(json.loads(out)["files"]) != count + 1 or code not in (0, 2):
        return f"{len(json.loads(out)['files'])} files are accounted for, with exit code {code}"
    code, _, err = desk.run("status")
    counts = desk.ask("select * from load_audit.files where least(columns('_(in|loaded|duplicate|rejected)$')) < 0")
    return err or (f"status says {code}" if code else "") or (f"counts below zero: {counts}" if counts else "")


def test_mutated_files_are_loaded_or_refused(tmp_path):
    rounds = range(SEED * 1_000_000, SEED * 1_000_000 + max(1, MUTATIONS // EACH))
    one = functools.partial(round_of, str(tmp_path), EACH)
    if len(rounds) < 10:
        problems = [one(seed) for seed in rounds]
    else:
        with ProcessPoolExecutor(os.cpu_count(), multiprocessing.get_context("spawn")) as pool:
            problems = list(pool.map(one, rounds))
    assert [problem for problem in problems if problem] == []
