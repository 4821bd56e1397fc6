"""dbt's command line, made quicker in ways that change nothing of what it builds.

Another path of the warehouse is no reason to parse the whole project again. dbt parses anew if anything of the
connection has changed, since a model may read it. None of ours reads the path, and the path is another one for a copy
that is worked on. The name of the file still counts: relations begin with it.

Debug messages are not handled if no log keeps them, and no message is written down before it is read: dbt has 26 for
each model or test, and they took a fifth of a build of the sample. Python collects cyclic garbage less often than its
default, after every 700 new objects, which took a tenth.

The manifest is written once, at the end of a run, and by json's encoder in C: dbt writes it when it has parsed, too,
and streams it through the encoder in Python. Two files about dbt's graph, which nobody reads, are not written. Of its
two ways to let models wait for the tests before them, the quick one is taken. That is a tenth of a small build.

A run of what a file lists leaves the manifest of this project as it is, if there is one: it would differ in nothing
but which models are compiled in it. Nor does it look for circles in a graph that had none. To write and read the
manifest took a tenth of a small build. The JSON schemas that dbt holds its configuration to are kept for its release,
and whose flags its adapter has is not searched for in the source of every caller: another tenth. pandas is not there,
since no model is made with it: DuckDB imports it when it is first handed a value.

A process that ends gives its memory back all at once, and not object by object as Python does: the file is closed and
all is written before. That took half a second of a small build.

Without words it imports dbt, reads what dbt knows of the project, and waits for its words: half of a small run is done
while files are still being loaded. It ends with the process that began it: what it builds then would be thrown away.

A data test is one statement: it needs none of the thousand macros that dbt hands to a materialization, which took
three quarters of its time.

What may be run of a selection is in a file, if there is one: 200 names for `--select` would cost dbt a second, and its
own rule would add the tests of every model named. The file has the SQL of tests that the same project was built with,
so that they are not compiled again.
"""

# ruff: noqa: E402 collecting less often saves most while dbt is imported
import gc

gc.set_threshold(100_000, 20, 100)

import os
import socket
import sys
import threading
from queue import SimpleQueue

_told: SimpleQueue[bytes] = SimpleQueue()


def _listen() -> None:
    """Hand over the line that says what to do, and end this process when the other end is closed.

    The locks that come with the line stay open, so that they are held until this process has ended.
    """
    asked, line = socket.socket(fileno=0), b""
    while part := socket.recv_fds(asked, 1 << 16, 8)[0]:
        line += part
        if line.endswith(b"\n"):
            _told.put(line)
    os._exit(0)


if __name__ == "__main__" and not sys.argv[1:]:
    threading.Thread(target=_listen, daemon=True).start()

import atexit
import importlib
import json
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any

import dbt.artifacts.schemas.base
import dbt.parser.manifest
import dbt.task.runnable  # it takes the function that writes a manifest over by its name
from dbt.adapters.duckdb.credentials import DuckDBCredentials
from dbt.cli.main import cli
from dbt.compilation import Compiler, Linker
from dbt.contracts.graph.manifest import Manifest
from dbt.graph.selector import NodeSelector
from dbt.task.test import TestResultData, TestRunner
from dbt_common.behavior_flags import BehaviorFlagRendered
from dbt_common.dataclass_schema import dbtClassMixin
from dbt_common.events.base_types import BaseEvent, EventLevel
from dbt_common.events.event_manager import EventManager
from dbt_common.utils.encoding import JSONEncoder

from crescendo.dbt import KEPT, WANTED, target
from crescendo.files import write_atomically

# what dbt imports no earlier than it runs
LATER = ("crescendo.dbt_plugin", "dbt.adapters.duckdb.environments.local", "dbt_common.clients.agate_helper")
# they make the schemas of dbt's configuration
SCHEMA_MAKERS = ("dbt-core", "dbt-adapters", "dbt-common", "dbt-duckdb", "mashumaro")

_connection_keys = DuckDBCredentials._connection_keys
_fire_event = EventManager.fire_event
_message, _get, _set = BaseEvent.__init__, BaseEvent.__getattr__, BaseEvent.__setattr__
_is_match = NodeSelector._is_match
_compile_node = Compiler.compile_node
_execute_data_test = TestRunner.execute_data_test
_json_schema = dbtClassMixin.json_schema.__func__  # type: ignore[attr-defined]


def _keys_without_path(credentials: DuckDBCredentials) -> tuple[str, ...]:
    return tuple(key for key in _connection_keys(credentials) if key != "path")


def _fire_if_logged(manager: EventManager, event: BaseEvent, level: EventLevel | None = None, **how: Any) -> None:
    debug = {EventLevel.DEBUG, EventLevel.TEST}
    if (level or event.level_tag()) not in debug or any(logger.level in debug for logger in manager.loggers):
        _fire_event(manager, event, level, **how)


def _message_later(event: BaseEvent, *given: Any, **named: Any) -> None:
    event.__dict__["_given"] = given, named


def _message_now(event: BaseEvent) -> None:
    given, named = event.__dict__.pop("_given", ((), None))
    if named is not None:
        _message(event, *given, **named)


def _get_of_message(event: BaseEvent, key: str) -> Any:
    _message_now(event)
    return _get(event, key)


def _set_in_message(event: BaseEvent, key: str, value: Any) -> None:
    _message_now(event)
    _set(event, key, value)


def _only(wanted: dict[str, str | None]) -> None:
    """Have dbt run nothing but these nodes, some of them with SQL that is known."""

    def compiled(compiler: Compiler, node: Any, *rest: Any, **named: Any) -> Any:
        code = wanted.get(node.unique_id)
        if not code:
            return _compile_node(compiler, node, *rest, **named)
        node.compiled, node.compiled_code, node.extra_ctes_injected = True, code, True
        return compiler._write_node(node)

    NodeSelector._is_match = (  # type: ignore[method-assign]
        lambda self, unique_id: unique_id in wanted and _is_match(self, unique_id)
    )
    Compiler.compile_node = compiled  # type: ignore[method-assign,assignment]


def _tested(runner: TestRunner, test: Any, manifest: Any) -> TestResultData:
    """Run a data test as dbt's materialization would, but for what ours never ask for."""
    asked = test.config
    if asked.store_failures or asked.store_failures_as or asked.limit or asked.get("sql_header"):
        return _execute_data_test(runner, test, manifest)
    count = asked.fail_calc
    response, table = runner.adapter.execute(
        f"""select {count} as failures, {count} {asked.warn_if} as should_warn, {count} {asked.error_if} as should_error
        from (
        {test.compiled_code}
        ) dbt_internal_test""",
        fetch=True,
    )
    [(failures, should_warn, should_error)] = table.rows
    return TestResultData(int(failures), bool(should_warn), bool(should_error), response.to_dict(omit_none=True))


def _write_json(path: str, data: dict[str, Any]) -> bool:
    file = Path(path)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(data, cls=JSONEncoder), "utf-8")
    return True


def _write_less() -> None:
    """Have dbt write its artifacts quicker, and at the end of a run alone."""
    dbt.artifacts.schemas.base.write_json = _write_json
    Compiler.write_graph_file = lambda *_: None  # type: ignore[method-assign]
    Linker.get_graph_summary = lambda *_: {}  # type: ignore[method-assign]
    if {"build", "run", "seed", "test"} & set(sys.argv):
        dbt.parser.manifest.write_manifest = lambda *_, **_named: None
    if KEPT in os.environ:
        dbt.task.runnable.write_manifest = lambda *_, **_named: None
        Linker.find_cycles = lambda _: None  # type: ignore[method-assign]


def _folder() -> Path:
    """Where dbt writes to."""
    given = [after for word, after in zip(sys.argv, sys.argv[1:], strict=False) if word == "--target-path"]
    return Path(given[-1]) if given else target()


def _keep_schemas(file: Path) -> None:
    """Have dbt make the JSON schemas of its configuration once for its release, and keep them in a file."""
    release = " ".join(f"{name} {version(name)}" for name in SCHEMA_MAKERS)
    schemas: dict[str, Any] = {}
    # what is no such file says nothing
    with suppress(OSError, ValueError, TypeError, KeyError):
        schemas.update(json.loads(file.read_text())[release])
    known = len(schemas)

    def json_schema(cls: type) -> dict[str, Any]:
        name = f"{cls.__module__}.{cls.__qualname__}"
        if name not in schemas:
            schemas[name] = _json_schema(cls)
        return schemas[name]

    @atexit.register
    def keep() -> None:
        with suppress(OSError):  # it only saves time
            if len(schemas) > known:
                file.parent.mkdir(parents=True, exist_ok=True)
                write_atomically(file, json.dumps({release: schemas}).encode())

    dbtClassMixin.json_schema = classmethod(json_schema)  # type: ignore[assignment]


def _read_ahead(file: Path) -> None:
    """Read what dbt knows of the project, for when dbt asks for the same."""
    try:
        known = file.read_bytes()
        read = Manifest.from_msgpack(known, decoder=dbt.parser.manifest.extended_mashumuro_decoder)
    except Exception:  # noqa: BLE001 of whatever kind: dbt meets it again and then parses the project anew
        return
    from_bytes = Manifest.from_msgpack  # another function since its first call

    def from_msgpack(given: bytes, **how: Any) -> Manifest:
        Manifest.from_msgpack = from_bytes  # type: ignore[method-assign,misc]
        return read if given == known else from_bytes(given, **how)

    Manifest.from_msgpack = from_msgpack  # type: ignore[method-assign,misc,assignment]


def _leave(code: Any) -> None:
    """End this process once all is closed and written, without giving its memory back piece by piece."""
    if isinstance(code, int):
        atexit._run_exitfuncs()
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os._exit(code)
    sys.exit(code)


def _wait() -> None:
    """Import and read what a run needs, then wait for its words and for what is added to the environment."""
    for name in LATER:
        importlib.import_module(name)
    _read_ahead(target() / "partial_parse.msgpack")
    task = json.loads(_told.get())
    sys.argv += task["words"]
    os.environ.update(task["environment"])


if __name__ == "__main__":
    os.environ.setdefault("DBT_USE_FAST_TEST_EDGES", "true")
    sys.modules.setdefault("pandas", None)  # type: ignore[arg-type]
    if not sys.argv[1:]:
        _wait()
    _write_less()
    _keep_schemas(_folder() / "json_schemas.json")
    if WANTED in os.environ:
        _only(json.loads(Path(os.environ[WANTED]).read_text()))
    BehaviorFlagRendered._default_source = staticmethod(lambda: "dbt.adapters")  # type: ignore[method-assign]
    DuckDBCredentials._connection_keys = _keys_without_path  # type: ignore[method-assign]
    TestRunner.execute_data_test = _tested  # type: ignore[method-assign,assignment]
    EventManager.fire_event = _fire_if_logged  # type: ignore[method-assign,assignment]
    BaseEvent.__init__ = _message_later  # type: ignore[method-assign,assignment]
    BaseEvent.__getattr__ = _get_of_message  # type: ignore[method-assign]
    BaseEvent.__setattr__ = _set_in_message  # type: ignore[method-assign]
    try:
        cli()
    except SystemExit as ended:
        _leave(ended.code)
