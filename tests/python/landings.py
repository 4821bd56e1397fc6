"""What tests of fetching share: whole folders compared, and a fetch that can be killed."""

import contextlib
import io
import json
import os
import re
from pathlib import Path

import pytest
from crescendo.cli import main

SINCE, UNTIL = "2024-09-01", "2025-05-26"
PAGE = re.compile(r"__p\d+(r\d)?$")


def fetch(source, url, to, *options, pace=("--backoff", "0.02", "--timeout", "1")):
    """Run `crescendo fetch` in this process: (exit code, stdout, stderr)."""
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        # a fetch tells of another that was killed beside the same warehouse
        patch.setenv("CRESCENDO_DB", os.environ.get("CRESCENDO_DB") or str(Path(to).with_name("fetched.duckdb")))
        code = main(["fetch", source, "--url", url, "--to", str(to), *pace, *options])
    return code, out.getvalue(), err.getvalue()


def fetch_artist(url, to, artist, *options):
    return fetch("soundcharts", url, to, "--artist", artist, "--since", SINCE, "--until", UNTIL, *options)


def fetch_until_killed(url, to, artist):
    """The target of a process that a test kills."""
    fetch_artist(url, to, artist, "--sandbox")


def bodies(to):
    """Every landed body by its name, unchanged."""
    return {path.name: path.read_bytes() for path in sorted(Path(to).glob("*/*.json")) if is_body(path)}


def requests(to):
    """Every landed request by the name of what it asked for."""
    found = sorted(Path(to).glob("*/[!.]*.request.json"))
    return {path.name.removesuffix(".request.json"): json.loads(path.read_bytes()) for path in found}


def is_body(path):
    return not path.name.startswith(".") and not path.name.endswith(".request.json")


def items(to):
    """What was landed whatever its pages: listing -> set of items, object -> body, absence -> status."""
    found = {}
    for name, request in requests(to).items():
        if request["status"] != 200:
            found[PAGE.sub("", name)] = request["status"]
    for name, body in bodies(to).items():
        answer = json.loads(body)
        if "items" in answer:
            seen = found.setdefault(PAGE.sub("", name.removesuffix(".json")), set())
            seen |= {json.dumps(item, sort_keys=True) for item in answer["items"]}
        else:
            found[name] = body
    return found
